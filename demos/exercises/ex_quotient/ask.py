"""Ask each function for its contributions, alone and in a graph."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import Ruled, backward, spread


class Node(Ruled):
    """A node that can also be divided, negated, and put into a logarithm."""

    def __truediv__(self, other: Ruled) -> Node:
        return self._node(self.data / other.data, "div", self, other)

    def __neg__(self) -> Node:
        return self._node(-self.data, "neg", self)

    def log(self) -> Node:
        return self._node(math.log(self.data), "log", self)

    def __add__(self, other: Ruled) -> Node:
        return self._node(self.data + other.data, "add", self, other)

    def __mul__(self, other: Ruled) -> Node:
        return self._node(self.data * other.data, "mul", self, other)

    def _node(self, data: float, op: str, *args: Ruled) -> Node:
        return Node(data, self.rules, op, args)


def pair(answers: SimpleNamespace, x: float, y: float, upstream: float) -> Mapping[str, Any]:
    return spread(answers.div_backward(x, y, upstream), "x.grad", "y.grad")


def single(answers: SimpleNamespace, name: str, x: float, upstream: float) -> Mapping[str, Any]:
    result = getattr(answers, name)(x, upstream)
    return {"x.grad": result[0] if isinstance(result, (tuple, list)) and len(result) == 1 else result}


def together(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    rules = {
        "add": lambda x, y, upstream: (upstream, upstream),
        "mul": lambda x, y, upstream: (upstream * y, upstream * x),
        **{op: getattr(answers, f"{op}_backward") for op in ("div", "log", "neg")},
    }
    return backward(leaves, lines, lambda data: Node(data, rules))
