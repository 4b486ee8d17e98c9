"""An evaluation, watched: which rows it scales by, learns from and tests on, and what it makes of the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from ..probe import Probe

Row = Sequence[float]
HONEST = {
    "each row's label": "its own",
    "learns from": "about three quarters of the rows",
    "tests on": "rows that it has not learned from",
    "the test rows hold": "all kinds of digits",
    "scales by": "training rows",
    "scaled rows": "in training and in the test",
    "returns": "the share of the test rows that are right",
}


def probes(rng: Random) -> list[Probe]:
    return [probe(rng.randrange(10**6), count) for count in (14, 22)]


def probe(seed: int, count: int) -> Probe:
    def observe(answers: SimpleNamespace) -> Mapping[str, str | None]:
        rng = Random(seed)
        watch = Watch(*data(rng, count))
        share = answers.evaluate([[*row] for row in watch.X], [*watch.y], watch.scaling, watch.learn, rng)
        found = {}
        for (name, honest), got in zip(HONEST.items(), watch.story(share)):
            found[name] = got
            if got != honest:
                break  # what comes after a mistake means little
        return found

    given = f"evaluate(X, y, scaling, learn, rng): {10 * count} rows of 6 pixels, sorted by digit, with an eye on "
    given += "what scaling, learn and predict are handed"
    return Probe(given, observe, lambda: HONEST, "the paragraph: nothing is learned from the rows of the test")


def data(rng: Random, count: int) -> tuple[list[list[float]], list[int]]:
    """Rows of six pixels, no two alike, sorted by digit."""
    X = [[rng.uniform(0, 16) for _ in range(6)] for _ in range(10 * count)]
    return X, [place // count for place in range(10 * count)]


def scores(digit: int, rng: Random) -> list[float]:
    """Ten scores of which the highest is the digit's for two rows in three, and the lowest for one in seven."""
    drawn = sorted(rng.uniform(-5, 5) for _ in range(10))
    own = drawn.pop(rng.choices((9, 0, 5), (0.65, 0.15, 0.2))[0])
    rng.shuffle(drawn)
    return [*drawn[:digit], own, *drawn[digit:]]


class Watch:
    """What is handed to an evaluation, taking notes: a row is known by its numbers, before and after scaling."""

    def __init__(self, X: list[list[float]], y: list[int]) -> None:
        self.X, self.y = X, y
        self.place = {tuple(row): place for place, row in enumerate(X)}
        self.origin: dict[tuple[float, ...], int] = {}  # of each scaled row, its place
        self.scaled_by: list[set[int]] = []
        self.learned: dict[int, Any] = {}  # place: label
        self.scores: dict[int, list[float]] = {}
        self.raw: set[str] = set()  # where rows came in without having been scaled

    def scaling(self, rows: Sequence[Row]) -> Callable[[Row], list[float]]:
        columns = [[float(v) for v in column] for column in zip(*rows, strict=True)]
        means = [sum(column) / len(column) for column in columns]
        spreads = [(sum((v - m) ** 2 for v in column) / len(column)) ** 0.5 for column, m in zip(columns, means)]
        self.scaled_by.append({self.place[plain(row)] for row in rows})

        def scale(row: Row) -> list[float]:
            scaled = [(float(v) - m) / (spread or 1.0) for v, m, spread in zip(row, means, spreads, strict=True)]
            self.origin[tuple(scaled)] = self.place[plain(row)]
            return scaled

        return scale

    def learn(self, rows: Sequence[Row], digits: Sequence[int]) -> Callable[[Row], list[float]]:
        for row, digit in zip(rows, digits, strict=True):
            self.learned[self._place(row, "training")] = digit

        def predict(row: Row) -> list[float]:
            place = self._place(row, "test")
            self.scores[place] = scores(self.y[place], Random(place))
            return [*self.scores[place]]

        return predict

    def _place(self, row: Row, where: str) -> int:
        known = plain(row)
        if known not in self.origin:
            self.raw.add(where)
        return self.origin[known] if known in self.origin else self.place[known]

    def story(self, share: Any) -> Iterator[str | None]:
        """What happened, by the names in HONEST."""
        learned, tested = set(self.learned), set(self.scores)
        unseen = tested - learned
        mixed = any(self.y[place] != label for place, label in self.learned.items())
        yield "another's" if mixed else HONEST["each row's label"]

        part = len(learned) / len(self.X)
        yield HONEST["learns from"] if 0.6 < part < 0.9 else "all rows" if part == 1 else f"{part:.0%} of the rows"

        if not tested:
            yield "no rows"
        elif not unseen:
            yield "rows that it has learned from"
        elif len(unseen) < (len(self.X) - len(learned)) / 2:
            yield f"{len(unseen)} of the rows that were left"
        else:
            clean = tested == unseen or self._meaning(share, unseen) == HONEST["returns"]
            yield HONEST["tests on"] if clean else "rows that it has learned from, and others"

        kinds = len({self.y[place] for place in unseen})  # 4 at most without a shuffle, and more with one
        yield HONEST["the test rows hold"] if kinds > 4 else "only some of the ten digits"

        seen = set[int]().union(*self.scaled_by)
        apart = "each by their own" if len(self.scaled_by) > 1 else "together"
        yield (
            "no rows" if not seen else HONEST["scales by"] if seen <= learned else f"training and test rows, {apart}"
        )

        only = "only in the test" if "test" not in self.raw else "only in training"
        yield HONEST["scaled rows"] if not self.raw else "nowhere" if len(self.raw) == 2 else only
        yield self._meaning(share, unseen)

    def _meaning(self, share: Any, tested: set[int]) -> str | None:
        """Which of the numbers that one may take for it was returned."""
        pairs = [(self.scores[place], self.y[place]) for place in tested]
        right = sum(scores.index(max(scores)) == digit for scores, digit in pairs)
        lowest = sum(scores.index(min(scores)) == digit for scores, digit in pairs)
        meanings = {
            HONEST["returns"]: right / len(pairs),
            "the share of the test rows that are wrong": 1 - right / len(pairs),
            "how many test rows are right": right,
            "a percentage": 100 * right / len(pairs),
            "how many test rows are right, divided by the number of all rows": right / len(self.X),
            "the share of the rows whose lowest score is right": lowest / len(pairs),
            "0, as if no row were right": 0.0,
        }
        if share is None:
            return None
        if isinstance(share, bool) or not hasattr(share, "__float__"):
            return f"a {type(share).__name__}"
        return next((name for name, number in meanings.items() if abs(share - number) < 0.004), "another number")


def plain(row: Row) -> tuple[float, ...]:
    return tuple(float(v) for v in row)
