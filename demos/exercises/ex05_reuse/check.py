"""Graphs whose leaves and inner nodes are used twice, read off from the root back."""

from __future__ import annotations

from functools import partial
from random import Random

from ..probe import Probe
from ..recipe import Recipe, drawn
from . import ask

GRAPHS = {
    "a c": ("b = a + a", "L = b * c"),
    "a b c": ("d = a * b", "e = d + c", "L = d * e"),
    "x c": ("y = x * x", "z = y * y", "L = z * c"),
    "a b": ("s = a + b", "p = s * a", "q = p * s", "L = p + q"),
}


def probes(rng: Random) -> list[Probe]:
    return [probe(rng, leaves, lines) for leaves, lines in GRAPHS.items()]


def probe(rng: Random, leaves: str, lines: tuple[str, ...]) -> Probe:
    recipe = Recipe({leaf: drawn(rng, 1.5, 3, sign=True) for leaf in leaves.split()}, lines)
    return Probe(str(recipe), partial(ask.gradients, **recipe.data), recipe.gradients, graph=recipe.graph)
