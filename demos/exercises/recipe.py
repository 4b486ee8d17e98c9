"""What the checks of the first exercises share: a small graph as a student writes it, one line a node, computed by
any class of nodes, and nudged at any node."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from engine import Value

from .layout import num
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
    def steps(self) -> dict[str, str]:
        """How each node that is no leaf is made."""
        return dict(line.split(" = ", 1) for line in self.lines)

    def compute(self, make: Callable[[float], Any]) -> dict[str, Any]:
        """Every node by its name, the root last; `make` makes a leaf of a number."""
        nodes = {name: make(data) for name, data in self.leaves.items()}
        for name, formula in self.steps.items():
            nodes[name] = eval(formula, {}, nodes)
        return nodes

    def observe(self, make: Callable[[float], Any]) -> dict[str, Any]:
        """The gradients that a class of nodes with `backward()` and `grad` finds, from the root back."""
        nodes = self.compute(make)
        [*nodes.values()][-1].backward()
        return {f"{name}.grad": nodes[name].grad for name in reversed(nodes)}

    def gradients(self) -> dict[str, float]:
        """The truth by the same names: each node nudged, and everything that depends on it computed again."""
        order = [*self.leaves, *self.steps][::-1]
        return {f"{name}.grad": nudge(partial(self.root, name), 0.0)[0] for name in order}

    def graph(self) -> Value:
        """The root of the same graph in the engine, every node labeled."""
        nodes = self.compute(Value)
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


class Ruled:
    """A node that asks an answer's functions for its contributions: `rules` has them by operation."""

    def __init__(self, data: float, rules: Mapping[str, Callable[..., Any]], op: str = "", args: Any = ()) -> None:
        self.data, self.grad, self.rules, self.op, self.args = data, 0.0, rules, op, args
        self.height = 1 + max((arg.height for arg in args), default=0)

    def __add__(self, other: Ruled) -> Ruled:
        return Ruled(self.data + other.data, self.rules, "add", (self, other))

    def __mul__(self, other: Ruled) -> Ruled:
        return Ruled(self.data * other.data, self.rules, "mul", (self, other))

    def relu(self) -> Ruled:
        return Ruled(max(self.data, 0.0), self.rules, "relu", (self,))

    def backward(self) -> None:
        self.grad = 1.0
        waiting = {self}
        while waiting:  # a node is higher than its arguments, so the highest that waits has all of its gradient
            node = max(waiting, key=lambda each: each.height)
            waiting = (waiting - {node}) | set(node.args)
            if node.op:
                shares = self.rules[node.op](*(arg.data for arg in node.args), node.grad)
                for arg, share in zip(node.args, shares if isinstance(shares, (tuple, list)) else (shares,)):
                    arg.grad += share


def spread(found: Any, *names: str) -> dict[str, Any]:
    """What a function gave, number by number; where it gave something else, that, in words.

    >>> spread((1.0, 2.0), "x.grad", "y.grad"), spread(1.0, "x.grad", "y.grad")
    ({'x.grad': 1.0, 'y.grad': 2.0}, {'x.grad': '1.0 alone, where 2 numbers are asked for'})
    """
    if isinstance(found, (tuple, list)) and len(found) == len(names):
        return dict(zip(names, found))
    if isinstance(found, (tuple, list)):
        count = f"{len(found)} of them"
    else:
        count = f"{num(found)} alone" if isinstance(found, (int, float)) else f"a {type(found).__name__}"
    return {names[0]: None if found is None else f"{count}, where {len(names)} numbers are asked for"}


def drawn(rng: Random, low: float, high: float, sign: bool = False) -> float:
    """A random number of two decimals, so that a student can type it; with `sign`, it may be negative."""
    return round(rng.uniform(low, high), 2) * (rng.choice((-1, 1)) if sign else 1)


def called(label: str, root: Value) -> Value:
    """A root with a label."""
    root.label = label
    return root
