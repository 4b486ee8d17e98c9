"""Random graphs with loops, as array code with loops, against the eager graph: values, gradients and errors.

Steps of random length and count that carry one to three lists of numbers, with an input or none each step, weights
that all steps have in common or each step has of its own, losses of each step or of the last one, first and last
turns that differ, two loops one after the other, and loops inside of loops. A quarter as many besides are recurrent
nets of all kinds, large enough for matrices. Run it: python tests/fuzz/loops.py [graphs] [first seed] [backends]. It
prints how many graphs agreed to 1e-10, how many have loops, how many rows outside a domain gave the error of the
eager graph, and how many functions with loops computed what the lines one after the other do.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

# ruff: noqa: E402
import numpy as np
from fuzz.forms import Graph, Recipe, inside, note_wrong, outside, summed_up

from engine import constant
from engine.sources import run_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GRAPHS = 2_000
List = list[Any]  # of Values

CHANGES: list[Callable[[Any], Any]] = [
    lambda x: x.tanh(), lambda x: x.atan(), lambda x: x.sigmoid(), lambda x: x * 0.5, lambda x: x.relu() * 0.7,
    lambda x: (x * 0.3).tanh() * 1.5, lambda x: x / (1.0 + x * x), lambda x: (x * x + 0.1) ** 0.5 * 0.5,
    lambda x: (x * x + 0.5).log(), lambda x: -x,
]  # fmt: skip


class LoopsRecipe(Recipe):
    """Random numbers for one graph with loops."""

    def record(self, rng: Random, leaf: Callable[[str], Any]) -> list[Any]:
        leaves = [[leaf(kind) for _ in range(3)] for kind in ("inputs", "weights")]
        carried, losses = self._start(rng, leaves), list[Any]()
        for _ in range(rng.choice((1, 1, 2))):
            carried = self._loop(rng, carried, leaf, losses, depth=0)
        ends = [x for each in carried for x in each] + losses
        if rng.random() < 0.2:
            return ends[: rng.randint(1, 4)]
        return [sum(end * end for end in ends)] if rng.random() < 0.5 else [sum(end.tanh() for end in ends)]

    def _start(self, rng: Random, leaves: list[List]) -> list[List]:
        """Return the lists that the first turn begins with: of inputs, of parameters, or of numbers."""
        lists = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            kind, size = rng.choice(("inputs", "weights", "numbers", "mixed")), rng.choice((1, 2, 3))
            if kind == "numbers":
                lists.append([constant(rng.choice((0.0, 0.5))) for _ in range(size)])
            elif kind == "mixed":
                lists.append([rng.choice(leaves[0]) * rng.choice(leaves[1]) for _ in range(size)])
            else:
                lists.append(leaves[kind == "weights"][:size])
        return lists

    def _loop(self, rng: Random, carried: list[List], leaf: Any, losses: List, depth: int) -> list[List]:
        turns = rng.choice((4, 5, 7, 9, 12)) if depth == 0 else rng.choice((3, 4))
        per_step, own, each_loss = (rng.random() < chance for chance in (0.5, 0.3, 0.4))
        first, last = rng.random() < 0.2, rng.random() < 0.2
        inner = depth == 0 and rng.random() < 0.25
        back = rng.random() < 0.2  # whether a turn reads the turn before the last one
        kinds = [rng.choice(("dense", "dense", "mixed", "each", "gated")) for _ in carried]
        changes = [rng.choice(CHANGES) for _ in carried]
        sources = [rng.randrange(len(carried)) for _ in carried]
        width, newest = rng.choice((1, 2, 3)), rng.random() < 0.3

        def weights() -> list[Any]:
            return [
                [
                    [leaf("weights") for _ in range(len(carried[source]) + 1 + (width if per_step else 0))]
                    for _ in each
                ]
                for each, source in zip(carried, sources)
            ]

        common = weights()
        seed, before = rng.random(), carried
        for turn in range(turns):
            matrices = weights() if own else common
            inputs = [leaf("inputs") for _ in range(width)] if per_step else []
            new, old = [], carried
            for at, (each, kind) in enumerate(zip(carried, kinds)):
                source = [*(new if newest and sources[at] < at else carried)[sources[at]], *inputs]
                sums = [sum((w * x for w, x in zip(row, source)), row[-1]) for row in matrices[at]]
                result = [changes[at](x) for x in sums]
                if kind == "mixed":
                    result = [x * 0.5 + y for x, y in zip(result, each)]
                elif kind == "each":
                    result = [changes[at](y * row[0]) + y * 0.25 for y, row in zip(each, matrices[at])]
                elif kind == "gated":
                    result = [x * g.sigmoid() + y * (1.0 - g.sigmoid()) for x, y, g in zip(result, each, sums)]
                if back:
                    result = [x - y * 0.3 for x, y in zip(result, before[at])]
                if (first and turn == 0) or (last and turn == turns - 1):
                    result = [x + 1.5 * y for x, y in zip(result, each)]
                new.append(result)
            if inner:
                new = self._loop(Random(seed), new, leaf, losses if each_loss else [], depth + 1)
            before, carried = old, new
            if each_loss:
                losses.append(sum(x * x for each in new for x in each))
        return carried


class NetsRecipe(Recipe):
    """Random numbers for one recurrent net."""

    def record(self, rng: Random, leaf: Callable[[str], Any]) -> list[Any]:
        turns, units, width = rng.choice((5, 9, 13)), rng.choice((1, 5, 6, 7)), rng.choice((0, 1, 2, 3))
        kind, change = rng.choice(("plain", "plain", "two layers", "gru", "lstm", "each")), rng.choice(CHANGES)
        bias, each_loss, reverses = (rng.random() < chance for chance in (0.7, 0.3, 0.3))
        start, late = rng.choice(("numbers", "numbers", "numbers", "inputs", "weights")), rng.choice((0, 0, 1))

        def weights(*sizes: int) -> list[Any]:
            first, *rest = sizes
            return [weights(*rest) if rest else leaf("weights") for _ in range(first)]

        def layer(inputs: int) -> Callable[[List, List], List]:
            """Return a layer of the net: W @ x + U @ h + b."""
            W, U, b = weights(units, inputs) if inputs else [], weights(units, units), weights(units)

            def sums(x: List, h: List) -> List:
                total = []
                for unit, row in enumerate(U):
                    terms = [sum(w * a for w, a in zip(weights, each))
                             for weights, each in ((W[unit] if W else [], x), (row, h)) if weights]  # fmt: skip
                    terms += [b[unit]] if bias else []
                    total.append(sum(terms[::-1] if reverses else terms))
                return total

            return sums

        x = [[leaf("inputs") for _ in range(width)] for _ in range(turns + late)]
        h = [constant(0.0)] * units if start == "numbers" else [leaf(start) for _ in range(units)]
        layers = [layer(width) for _ in range({"gru": 3, "lstm": 4}.get(kind, 1))]
        second, own = layer(units) if kind == "two layers" else None, weights(2, units) if kind == "each" else []
        c, losses = h, list[Any]()
        state = c if kind == "two layers" else []
        for turn in range(turns):
            sums = [each(x[turn + late], h) for each in layers]
            if kind == "gru":
                gate = [each.sigmoid() for each in sums[0]]
                new = layers[2](x[turn + late], [g.sigmoid() * a for g, a in zip(sums[1], h)])
                h = [a * (1.0 - g) + g * b.tanh() for a, g, b in zip(h, gate, new)]
            elif kind == "lstm":
                c = [f.sigmoid() * a + i.sigmoid() * g.tanh() for f, i, g, a in zip(*sums[:3], c)]
                h = [o.sigmoid() * a.tanh() for o, a in zip(sums[3], c)]
            elif kind == "each":
                h = [change(w * a + b) for w, b, a in zip(*own, h)]
            else:
                h = [change(each) for each in sums[0]]
            if second:
                state = [each.tanh() for each in second(h, state)]
            losses += [sum(a * a for a in state or h)] if each_loss else []
        return [sum((a * a for a in state or h), 0.0) + sum(losses, 0.0 * leaf("weights"))]


class LoopGraph(Graph):
    """A random graph with loops."""

    def __init__(self, seed: int, recipe: type[Recipe] = LoopsRecipe) -> None:
        rng, self.recipe = Random(seed), recipe(seed)
        self.inputs = self.recipe.inputs
        self.parameters = [rng.gauss(0, 0.5) for _ in range(self.recipe.weights)]
        self.rows = [[rng.gauss(0, 1) for _ in range(self.inputs)] for _ in range(3)]
        self.follow = self.recipe.make


def unlike(graph: LoopGraph, code: Any, counts: Counter[str]) -> list[str]:
    """What is wrong with functions with loops, that are called as they are: an error, or other numbers."""
    notes = []
    texts = {style: code.text("gradient", style) for style in ("lines", "loops", "ahead")}
    names = code._names("numpy")
    functions = {style: run_source(text, "fuzz", names, code)["gradient"] for style, text in texts.items()}
    p = np.array(graph.parameters)[code.order]
    for rows in (1, 3, 70):
        x = np.array(graph.rows * 24, float).reshape(72, -1)[:rows].T
        (total, dp), *others = (function(p, x, 1.0 / rows) for function in functions.values())
        for style, (other, slopes) in zip(("loops", "ahead"), others):
            close = np.allclose(total, other, 1e-10, 1e-12) and np.allclose(dp, slopes, 1e-9, 1e-11)
            counts[f"{style}: agree with the lines"] += close
            notes += [] if close else [f"{style}, {rows} rows: {other} and not {total}"]
    counts["have a state with other rows"] += "weights = concatenate(" in texts["ahead"]
    return notes


def main(
    graphs: int = GRAPHS, first: int = 0, backends: Sequence[str] = (), recipe: type[Recipe] = LoopsRecipe
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in range(first, first + graphs):
        graph = LoopGraph(seed, recipe)
        program = graph.program("matrices")
        code = program._code
        notes = inside(graph, program, "matrices", counts)
        notes += outside(graph, program, "matrices", Random(seed), counts)
        notes += unlike(graph, code, counts)
        source = code.sources["gradient"]
        counts["have loops"] += "for t in" in source
        counts["have several loops"] += source.count("for t in ") > 2
        counts["add up behind a loop"] += "sum_of_products(" in source
        loss, gradients = program.value_and_grad(graph.rows)
        for backend in backends:
            value, theirs = program.on(backend)(graph.parameters, graph.rows)
            close = abs(value - loss) <= 1e-9 * max(1, abs(loss)) and np.allclose(theirs, gradients, 1e-9, 1e-9)
            counts[f"{backend}: agree"] += close
            notes += [] if close else [f"{backend}: {value} and not {loss}"]
        note_wrong(notes, seed, counts)
    return summed_up(counts)


if __name__ == "__main__":
    numbers = [*map(int, sys.argv[1:3]), *(GRAPHS, 0)[len(sys.argv[1:3]) :]]
    found = main(*numbers, backends=sys.argv[3:])
    found += main(numbers[0] // 4, numbers[1], backends=sys.argv[3:], recipe=NetsRecipe)
    sys.exit("WRONG" in found)
