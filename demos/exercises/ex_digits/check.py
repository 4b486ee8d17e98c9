"""Check which rows an evaluation scales by, learns from and tests on, and how it counts right answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from ..inside.reading import EVIDENCE
from ..probe import Probe
from . import ask
from .ask import data, scores

ZERO = "0, as if no row were right"
HONEST = {
    "each row's label": "its own",
    "learns from": "about three quarters of the rows",
    "tests on": "rows that it has not learned from",
    "the test rows hold": "all kinds of digits",
    "scales by": "training rows",
    "scaled rows": "in training and in the test",
    "shuffles": "by rng",
    "leaves X and y": "as they were",
    "returns": "the share of the test rows that are right",
}


def probes(rng: Random) -> list[Probe]:
    return [probe(rng.randrange(10**6), count) for count in (14, 22)]


def probe(seed: int, count: int) -> Probe:
    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        readings: dict[str, Any] = {}
        for (name, honest), got in zip(HONEST.items(), Notes(observed, *data(Random(seed), count)).findings()):
            readings[name] = got
            if got != honest:
                break  # results after a mistake say little
        if readings.get("returns") == ZERO:  # many ways lead there: by // as an int
            readings[EVIDENCE] = observed["type"]
        return readings

    input_text = (
        f"evaluate(X, y, scaling, learn, rng): {10 * count} rows of 6 pixels, sorted by digit, with an eye on "
    )
    input_text += "what scaling, learn and predict are handed"
    origin = "the paragraph: nothing is learned from the rows of the test"
    observe = partial(ask.evaluation, seed=seed, count=count)
    return Probe(input_text, observe, lambda: HONEST, origin, read=read, tells=True)


class Notes:
    """The notes on an evaluation, with rows given by their places."""

    def __init__(self, observed: Mapping[str, Any], X: list[list[float]], y: list[int]) -> None:
        self.X, self.y, self.share = X, y, observed["share"]
        self.learned = {int(place): label for place, label in observed["learned"]}
        self.scores = {int(place): scores(y[int(place)], Random(int(place))) for place in observed["tested"]}
        self.scaled_by = [{*map(int, places)} for places in observed["scaled by"]]
        self.raw = {*observed["raw"]}
        self.kept = observed["kept"]
        self.drawn = observed["rng was used"]

    def findings(self) -> Iterator[str | None]:
        """Yield what happened, in the order of HONEST."""
        learned, tested = set(self.learned), set(self.scores)
        unseen = tested - learned
        mixed = any(self.y[place] != label for place, label in self.learned.items())
        yield "another's" if mixed else HONEST["each row's label"]

        part = len(learned) / len(self.X)
        yield HONEST["learns from"] if 0.7 < part < 0.795 else "all rows" if part == 1 else f"{part:.0%} of the rows"

        if not tested:
            yield "no rows"
        elif not unseen:
            yield "rows that it has learned from"
        elif len(unseen) < (len(self.X) - len(learned)) / 2:
            yield f"{len(unseen)} of the rows that were left"
        elif len(unseen) + len(learned) < len(self.X):
            yield "rows that it has not learned from, but not on all of them"
        else:
            clean = tested == unseen or self._meaning(unseen) == HONEST["returns"]
            yield HONEST["tests on"] if clean else "rows that it has learned from, and others"

        kinds = len({self.y[place] for place in unseen})  # 4 at most without a shuffle, and more with one
        yield HONEST["the test rows hold"] if kinds > 4 else "only some of the ten digits"

        seen = set[int]().union(*self.scaled_by)
        apart = "each by their own" if len(self.scaled_by) > 1 else "together"
        leaked = f"training and test rows, {apart}" if seen & learned else "test rows"
        yield ("no rows" if not seen else HONEST["scales by"] if seen <= learned else leaked)

        only = "only in the test" if "test" not in self.raw else "only in training"
        yield HONEST["scaled rows"] if not self.raw else "nowhere" if len(self.raw) == 2 else only
        yield HONEST["shuffles"] if self.drawn else "without rng, so that nobody can repeat it"
        yield HONEST["leaves X and y"] if self.kept else "changed, and they are the caller's"
        yield self._meaning(unseen)

    def _meaning(self, tested: set[int]) -> str | None:
        """Return the meaning of the number that was returned: the right one, or one of the usual mistakes."""
        share = self.share
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
            ZERO: 0.0,
        }
        if share is None:
            return None
        if not isinstance(share, float):
            return share if isinstance(share, str) else f"a {type(share).__name__}"
        near = [name for name, number in meanings.items() if abs(share - number) < 0.004]
        return HONEST["returns"] if HONEST["returns"] in near else " or ".join(near) or "another number"
