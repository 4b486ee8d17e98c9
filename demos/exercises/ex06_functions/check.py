"""First the number of each operation, then its gradients in a graph where the result is used twice."""

from __future__ import annotations

from functools import partial
from random import Random

from ..probe import Probe
from ..recipe import Recipe, drawn
from . import ask

ABOVE, BELOW, ZERO = 1, -1, 0  # where x is
POINTS = [
    *[("x.exp()", ABOVE), ("x.exp()", BELOW), ("x.tanh()", ABOVE), ("x.tanh()", BELOW)],
    *[("x ** 3", ABOVE), ("x ** 3", BELOW), ("x ** -2", ABOVE), ("x ** 0.5", ABOVE), ("x ** 2", ZERO)],
    ("2.5 - x", ABOVE),
]


def probes(rng: Random) -> list[Probe]:
    return [probe for formula, side in POINTS for probe in pair(rng, formula, side)]


def pair(rng: Random, formula: str, side: int) -> list[Probe]:
    x, c = side * drawn(rng, 0.5, 1.5), drawn(rng, 1.5, 3)
    alone = Recipe({"x": x}, (f"z = {formula}",))
    graph = Recipe({"x": x, "c": c}, (f"z = {formula}", "p = z * c", "L = p * z + p"))

    number = partial(ask.number, x=x, formula=formula)
    return [
        Probe(str(alone), number, lambda: {"z.data": alone.root()}, "Python's own numbers", alone.graph),
        Probe(str(graph), partial(ask.gradients, **graph.data), graph.gradients, graph=graph.graph),
    ]
