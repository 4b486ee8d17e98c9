"""Ask for the gradients of a graph, and for how much work they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import backward


def gradients(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    return backward(leaves, lines, answers.Value)


class Counting(float):
    """A float that counts the products that it is in."""

    products = 0

    def __add__(self, other: float) -> Counting:
        return Counting(float(self) + float(other))

    def __mul__(self, other: float) -> Counting:
        Counting.products += 1
        return Counting(float(self) * float(other))

    __radd__, __rmul__ = __add__, __mul__


def work(answers: SimpleNamespace, start: float, squares: int) -> Mapping[str, Any]:
    """Ask for the slope of x² squared again and again, and count the products of the way back."""
    x = root = answers.Value(Counting(start))
    for _ in range(squares):
        root = root * root
    Counting.products = 0
    root.backward()
    return {"x.grad": x.grad, "products": Counting.products, "edges": 2 * squares}
