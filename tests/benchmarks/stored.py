"""The scalar engine that benchmarks race against beside micrograd: each node keeps its local derivatives."""

from __future__ import annotations

import math
from typing import Any


class Stored:
    """A lean Value that stores its arguments and local derivatives, as microgpt's does: the design to beat."""

    __slots__ = ("args", "data", "grad", "slopes")

    def __init__(self, data: float, args: tuple[Stored, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.args = args
        self.slopes = slopes

    def __add__(self, other: Any) -> Stored:
        other = other if isinstance(other, Stored) else Stored(other)
        return Stored(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Stored:
        other = other if isinstance(other, Stored) else Stored(other)
        return Stored(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Stored:
        return Stored(self.data**power, (self,), (power * self.data ** (power - 1),))

    def __truediv__(self, other: Any) -> Stored:
        return self * other**-1

    def __sub__(self, other: Any) -> Stored:
        return self + other * -1

    def exp(self) -> Stored:
        power = math.exp(self.data)
        return Stored(power, (self,), (power,))

    def log(self) -> Stored:
        return Stored(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Stored:
        return Stored(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order: list[Stored] = []
        seen: set[Stored] = set()

        def visit(node: Stored) -> None:
            if node not in seen:
                seen.add(node)
                for arg in node.args:
                    visit(arg)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            upstream = node.grad
            for arg, slope in zip(node.args, node.slopes):
                arg.grad += slope * upstream
