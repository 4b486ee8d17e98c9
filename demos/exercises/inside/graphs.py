"""Compute a small graph, written as one line for each node, with any class of nodes. Format numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

KEPT = "your arguments are left as they were"  # the name of a reading: whether the caller's lists are unchanged


def steps(lines: Sequence[str]) -> dict[str, str]:
    """Return the formula of each node that is not a leaf, by its name."""
    return {name: formula for name, _, formula in (line.partition(" = ") for line in lines)}


def compute(leaves: Mapping[str, float], lines: Sequence[str], make: Callable[[float], Any]) -> dict[str, Any]:
    """Return every node by its name, the root last. `make` returns a leaf for a number."""
    nodes = {name: make(data) for name, data in leaves.items()}
    for name, formula in steps(lines).items():
        nodes[name] = eval(formula, {}, nodes)
    return nodes


def backward(leaves: Mapping[str, float], lines: Sequence[str], make: Callable[[float], Any]) -> dict[str, Any]:
    """Return the gradients that a class of nodes computes with `backward()`, from the root back."""
    nodes = compute(leaves, lines, make)
    [*nodes.values()][-1].backward()
    return {f"{name}.grad": nodes[name].grad for name in reversed(nodes)}


class Ruled:
    """A node whose backward pass calls an answer's functions: `rules` has one for each operation."""

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
        while waiting:  # a node is higher than its arguments, so the gradient of the highest is complete
            node = max(waiting, key=lambda each: each.height)
            waiting = (waiting - {node}) | set(node.args)
            if node.op:
                contributions = self.rules[node.op](*(arg.data for arg in node.args), node.grad)
                for arg, contribution in zip(
                    node.args, contributions if isinstance(contributions, (tuple, list)) else (contributions,)
                ):
                    arg.grad += contribution


def spread(result: Any, *names: str) -> dict[str, Any]:
    """Return the numbers that a function returned, by name; if there are not as many, a text that says so.

    >>> spread((1.0, 2.0), "x.grad", "y.grad"), spread(1.0, "x.grad", "y.grad")
    ({'x.grad': 1.0, 'y.grad': 2.0}, {'x.grad': '1.0 alone, where 2 numbers are asked for'})
    """
    if isinstance(result, (tuple, list)) and len(result) == len(names):
        return dict(zip(names, result))
    if isinstance(result, (tuple, list)):
        count = f"{len(result)} of them"
    else:
        count = f"{num(result)} alone" if isinstance(result, (int, float)) else f"a {type(result).__name__}"
    return {names[0]: None if result is None else f"{count}, where {len(names)} numbers are asked for"}


def num(value: float, digits: int = 5) -> str:
    """Return a number as short text.

    >>> num(6.0), num(1 / 3), num(2e-9)
    ('6.0', '0.33333', '2e-09')
    """
    text = f"{value + 0.0:.{digits}g}"  # + 0.0 takes the sign off a zero
    return text if any(mark in text for mark in ".einf") else text + ".0"
