"""What the checks of the first exercises share: a small graph as a student writes it, nudged at any node."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from engine import Value

from .inside.graphs import compute, steps
from .probe import nudge


@dataclass(frozen=True)
class Recipe:
    """A graph: leaves with their numbers, then lines such as "d = a * b", arguments first; the last makes the root.

    >>> recipe = Recipe({"a": 2.0, "b": -3.0}, ("d = a * b", "L = d * d"))
    >>> print(recipe)
    a = 2.0, b = -3.0: d = a * b, L = d * d
    >>> {name: round(slope, 6) for name, slope in recipe.gradients().items()}
    {'L.grad': 1.0, 'd.grad': -12.0, 'b.grad': -24.0, 'a.grad': 36.0}
    """

    leaves: Mapping[str, float]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(f'{name} = {data}' for name, data in self.leaves.items())}: {', '.join(self.lines)}"

    @property
    def data(self) -> dict[str, Any]:
        """What it takes to compute it."""
        return {"leaves": dict(self.leaves), "lines": [*self.lines]}

    @property
    def steps(self) -> dict[str, str]:
        """How each node that is no leaf is made."""
        return steps(self.lines)

    def gradients(self) -> dict[str, float]:
        """The truth by the same names: each node nudged, and everything that depends on it computed again."""
        order = [*self.leaves, *self.steps][::-1]
        return {f"{name}.grad": nudge(partial(self.root, name), 0.0)[0] for name in order}

    def graph(self) -> Value:
        """The root of the same graph in the engine, every node labeled."""
        nodes = compute(self.leaves, self.lines, Value)
        for name, node in nodes.items():
            node.label = name
        root: Value = [*nodes.values()][-1]
        return root

    def root(self, moved: str = "", shift: float = 0.0) -> float:
        """The root's number, all in floats; if a node is moved, all that depends on it follows."""
        nodes: dict[str, Number] = {}
        leaves = {name: repr(data) for name, data in self.leaves.items()}
        for name, formula in {**leaves, **self.steps}.items():
            nodes[name] = Number(eval(formula, {}, nodes) + (shift if name == moved else 0.0))
        return float([*nodes.values()][-1])


class Number(float):
    """A float with the methods that a node has."""

    def exp(self) -> float:
        return math.exp(self)

    def tanh(self) -> float:
        return math.tanh(self)

    def relu(self) -> float:
        return max(self, 0.0)


def drawn(rng: Random, low: float, high: float, sign: bool = False) -> float:
    """A random number of two decimals, so that a student can type it; with `sign`, it may be negative."""
    return round(rng.uniform(low, high), 2) * (rng.choice((-1, 1)) if sign else 1)


def anywhere(rng: Random, scale: float = 1.0) -> float:
    """A random number of all its decimals, above or below 0: no answer has a table of these."""
    return rng.uniform(0.05, 1.0) * scale * rng.choice((-1, 1))


def called(label: str, root: Value) -> Value:
    """A root with a label."""
    root.label = label
    return root
