"""Random graphs with blocks that are almost complete, as array code, against the eager graph.

Scores of some of all pairs of rows, as in causal attention; sums whose lists grow longer; softmax along rows or
columns; heads, biases, residuals, slices, and values that several steps share. Run it:
python tests/fuzz/blocks.py [graphs] [first seed] [backends]. It prints how many graphs agreed to 1e-10, how many have
holes or masks, and how many rows outside a domain gave the error of the eager graph.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

# ruff: noqa: E402
import numpy as np
from fuzz.forms import Graph, Recipe, inside, note_wrong, outside, summed_up

from engine import GradwalkError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GRAPHS = 2_000
Rows = list[list[Any]]  # of Values
Ragged = dict[tuple[int, int], Any]  # a Value for some of the pairs of a row and a column

PATTERNS: dict[str, Callable[[int, int, int, Random], bool]] = {
    "lower": lambda i, j, n, rng: j <= i,
    "below": lambda i, j, n, rng: j < i or i == 0,
    "upper": lambda i, j, n, rng: j >= i,
    "band": lambda i, j, n, rng: abs(i - j) <= 1,
    "all": lambda i, j, n, rng: True,
    "most": lambda i, j, n, rng: j == n // 2 or rng.random() < 0.7,
    "some": lambda i, j, n, rng: j == i or rng.random() < 0.3,
}


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return sum(x * y for x, y in zip(a, b, strict=True))


class BlocksRecipe(Recipe):
    """Random numbers for one graph with blocks."""

    def record(self, rng: Random, leaf: Callable[[str], Any]) -> list[Any]:
        def matrix(rows: int, columns: int, kind: str = "") -> Rows:
            kind = kind or rng.choice(("inputs", "weights", "weights"))
            return [[leaf(kind) for _ in range(columns)] for _ in range(rows)]

        places, size = rng.choice((2, 3, 4, 5, 6, 7)), rng.choice((1, 2, 3, 4, 5, 8))
        rows = matrix(places, size, "inputs")
        lists, loose = [rows], list[Any]()
        for _ in range(rng.randint(1, 3)):
            kind = rng.choice(("attention", "attention", "attention", "triangular", "window", "residual"))
            source = rng.choice(lists)
            if kind == "attention":
                made = self._attention(rng, source, matrix, loose)
            elif kind == "triangular":
                made = self._triangular(rng, source, matrix)
            elif kind == "window":
                made = self._window(rng, source, matrix)
            else:
                other = rng.choice([each for each in lists if len(each[0]) == len(source[0])])
                made = [[x + y for x, y in zip(a, b)] for a, b in zip(source, other)]
            lists.append(made)
            if rng.random() < 0.3:
                lists.append([row[: 1 + len(row) // 2] for row in made])
        ends = [x for row in lists[-1] for x in row] + loose
        if rng.random() < 0.3:
            ends += [x for row in rng.choice(lists) for x in row]
        if rng.random() < 0.2:
            return [end * 1.5 for end in ends[: rng.randint(1, 4)]]
        return [dot(ends, ends)] if rng.random() < 0.6 else [sum(end.tanh() for end in ends)]

    def _attention(self, rng: Random, source: Rows, matrix: Any, loose: list[Any]) -> Rows:
        """Return rows weighted by scores of pairs of them."""
        size, pattern = rng.choice((1, 2, 4, 5)), rng.choice([*PATTERNS, "lower", "lower"])
        pairs = [
            (i, j)
            for i in range(len(source))
            for j in range(len(source))
            if PATTERNS[pattern](i, j, len(source), rng)
        ]
        heads, total = rng.choice((1, 1, 2, 3)), list[Rows]()
        layers = [matrix(size, len(source[0]), "weights") for _ in range(heads * 3)]
        turned, change, by_columns = rng.random() < 0.2, rng.choice(CHANGES), rng.random() < 0.2
        bias = matrix(len(source), len(source), "weights") if rng.random() < 0.3 else None
        normal, back = rng.choice(("softmax", "stable", "none", "mean")), rng.random() < 0.2
        for head in range(heads):
            q, k, v = ([[dot(w, row) for w in layer] for row in source] for layer in layers[head * 3 : head * 3 + 3])
            scores: Ragged = {(i, j): dot(k[j], q[i]) if turned else dot(q[i], k[j]) for i, j in pairs}
            if bias:
                scores = {(i, j): score + bias[i][0] + bias[0][j] * 0.5 for (i, j), score in scores.items()}
            scores = {place: change(score, place) for place, score in scores.items()}
            total.append(_weighted(_normal(scores, normal, by_columns), v, back))
            if rng.random() < 0.2:
                loose.append(rng.choice([*scores.values()]))
        return [[x for each in total for x in each[i]] for i in range(len(total[0]))]

    def _triangular(self, rng: Random, source: Rows, matrix: Any) -> Rows:
        """Return products with a matrix of weights that lacks some of its entries."""
        pattern, n = rng.choice([*PATTERNS]), len(source)
        weights = matrix(n, n, "weights")
        places = [[j for j in range(n) if PATTERNS[pattern](i, j, n, rng)] for i in range(n)]
        columns = list(zip(*source))
        return [[dot([weights[i][j] for j in row], [column[j] for j in row]) for column in columns]
                for i, row in enumerate(places)]  # fmt: skip

    def _window(self, rng: Random, source: Rows, matrix: Any) -> Rows:
        """Return a convolution along the rows, which has shorter lists at both ends."""
        n, width = len(source), rng.choice((2, 3))
        filters = matrix(rng.choice((1, 2)) * len(source[0]), width, "weights")
        made: Rows = []
        for i in range(n):
            inside_ = [(tap, i + tap - 1) for tap in range(width) if 0 <= i + tap - 1 < n]
            made.append([dot([f[tap] for tap, _ in inside_], [source[j][c % len(source[0])] for _, j in inside_])
                         for c, f in enumerate(filters)])  # fmt: skip
        return made


CHANGES: list[Callable[[Any, tuple[int, int]], Any]] = [
    lambda score, place: score / 2.0,
    lambda score, place: score * 0.3 - 0.1 * (place[0] - place[1]),
    lambda score, place: score.tanh(),
    lambda score, place: (score * score + 0.5).log(),
    lambda score, place: score.sqrt(),
    lambda score, place: 1.0 / score,
    lambda score, place: score,
]


def _normal(scores: Ragged, kind: str, by_columns: bool) -> Ragged:
    """Return scores as shares: those of a row, or of a column, add up to 1."""
    if kind == "none":
        return scores
    axis = int(by_columns)
    groups: dict[int, list[tuple[int, int]]] = {}
    for place in scores:
        groups.setdefault(place[axis], []).append(place)
    shares: Ragged = {}
    for group in groups.values():
        row = [scores[place] for place in group]
        if kind == "stable":
            largest = row[0]
            for score in row[1:]:
                largest = largest.maximum(score)
            row = [score - largest.detach() for score in row]
        if kind != "mean":
            row = [score.exp() for score in row]
        total = sum(row)
        shares |= {place: each / total for place, each in zip(group, row)}
    return {place: shares[place] for place in scores}


def _weighted(shares: Ragged, values: Rows, back: bool) -> Rows:
    """Return for each row, or with `back` for each column, the sum of values, each weighted by its share."""
    made = []
    for i in range(len(values)):
        places = [(place, place[0] if back else place[1]) for place in shares if place[int(back)] == i]
        if places:
            weights = [shares[place] for place, _ in places]
            made.append([dot(weights, [values[j][c] for _, j in places]) for c in range(len(values[0]))])
        else:
            made.append(values[i])
    return made


class Blocks(Graph):
    """A recipe's graph, and numbers for its leaves."""

    def __init__(self, seed: int) -> None:
        made, rng = BlocksRecipe(seed), Random(seed)
        self.inputs, self.parameters = made.inputs, [rng.uniform(-1, 1) for _ in range(made.weights)]
        self.follow = made.make
        for attempt in range(30):
            low = 0.05 if attempt else -1.0  # where a logarithm or a root has a value
            self.parameters = [rng.uniform(low, 1) for _ in self.parameters]
            self.rows = [[rng.uniform(low, 1) for _ in range(self.inputs)] for _ in range(3)]
            try:
                for row in self.rows:
                    self.eager(row, self.parameters)
            except GradwalkError:
                continue
            return
        raise LookupError("no numbers in the domain")


class Shaken:
    """A program that is given numbers whose last bits are other ones."""

    def __init__(self, program: Any, numbers: Sequence[float]) -> None:
        self._program, self._numbers, self._rng = program, numbers, np.random.default_rng(0)

    def value_and_grad(self, rows: Any, numbers: Any = None) -> Any:
        return self._program.value_and_grad(self._shake(rows), self._shake(numbers or self._numbers))

    def _shake(self, numbers: Any) -> Any:
        numbers = np.array(numbers, float)
        return np.nextafter(numbers, self._rng.choice([-1, 1], numbers.shape) * np.inf)


def _outside(seed: int, graph: Graph, program: Any, name: str, counts: Counter[str]) -> list[str]:
    return outside(graph, program, name, Random(seed), counts)


def main(graphs: int = GRAPHS, first: int = 0, backends: Sequence[str] = ()) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in range(first, first + graphs):
        try:
            graph = Blocks(seed)
        except (LookupError, GradwalkError):
            counts["no numbers in the domain"] += 1
            continue
        program = graph.program("matrices")
        source = program.source
        for word in ("filled(", "triangle", "mask", "einsum"):
            counts[f"graphs with {word.strip('(')}"] += word in source
        notes = []
        for compare in (inside, partial(_outside, seed)):
            far = compare(graph, program, "matrices", counts)
            shaken = Shaken(graph.program("columns"), graph.parameters)
            if far and compare(graph, shaken, "shaken", Counter()):
                counts["far from eager, and so is eager where the last bits differ: sums that cancel"] += 1
            else:
                notes += far
        value, slopes = program.value_and_grad(graph.rows if graph.inputs else None)
        for name in backends:
            there, more = program.on(name)(graph.parameters, graph.rows)
            if not np.allclose([there, *more], [value, *slopes], rtol=1e-9, atol=1e-12):
                notes.append(f"{name}: {there} and not {value}")
        note_wrong(notes, seed, counts)
    return summed_up(counts)


if __name__ == "__main__":
    sys.exit("WRONG" in main(*map(int, sys.argv[1:3]), *([sys.argv[3:]] if sys.argv[3:] else [])))
