"""A small graph written as lines of text, whose gradients are measured by nudging each node."""

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
class GraphText:
    """A graph as text: leaves with their numbers, then lines such as "d = a * b". The last line is the root.

    >>> graph = GraphText({"a": 2.0, "b": -3.0}, ("d = a * b", "L = d * d"))
    >>> print(graph)
    a = 2.0, b = -3.0: d = a * b, L = d * d
    >>> {name: round(slope, 6) for name, slope in graph.gradients().items()}
    {'L.grad': 1.0, 'd.grad': -12.0, 'b.grad': -24.0, 'a.grad': 36.0}
    """

    leaves: Mapping[str, float]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(f'{name} = {data}' for name, data in self.leaves.items())}: {', '.join(self.lines)}"

    @property
    def data(self) -> dict[str, Any]:
        """The leaves and the lines, as plain data."""
        return {"leaves": dict(self.leaves), "lines": [*self.lines]}

    @property
    def steps(self) -> dict[str, str]:
        """The formula of each node that is not a leaf, by its name."""
        return steps(self.lines)

    def gradients(self) -> dict[str, float]:
        """Return the gradient of each node, from the root back, measured by a central difference."""
        order = [*self.leaves, *self.steps][::-1]
        return {f"{name}.grad": nudge(partial(self.root, name), 0.0)[0] for name in order}

    def graph(self) -> Value:
        """Return the root of the same graph in the engine, with a label on each node."""
        nodes = compute(self.leaves, self.lines, Value)
        for name, node in nodes.items():
            node.label = name
        root: Value = [*nodes.values()][-1]
        return root

    def root(self, moved: str = "", shift: float = 0.0) -> float:
        """Return the number of the root, computed in floats, with `shift` added to the node `moved`."""
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

    def log(self) -> float:
        return math.log(self)


def drawn(rng: Random, low: float, high: float, sign: bool = False) -> float:
    """Return a random number of two decimals, which a student can type. With `sign`, it may be negative."""
    return round(rng.uniform(low, high), 2) * (rng.choice((-1, 1)) if sign else 1)


def anywhere(rng: Random, scale: float = 1.0) -> float:
    """Return a random number with all its decimals, above or below 0, so that no answer can list it."""
    return rng.uniform(0.05, 1.0) * scale * rng.choice((-1, 1))


def called(label: str, root: Value) -> Value:
    """Set the label of a root, and return the root."""
    root.label = label
    return root
