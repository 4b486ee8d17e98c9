"""Ask for a number of relu, for a contribution of relu_backward, and for the gradients of a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import Ruled, backward


def number(answers: SimpleNamespace, x: float) -> Mapping[str, Any]:
    return {"relu(x)": answers.relu(x)}


def contribution(answers: SimpleNamespace, x: float, upstream: float) -> Mapping[str, Any]:
    return {"x.grad": answers.relu_backward(x, upstream)}


def together(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    rules = {
        "relu": answers.relu_backward,
        "add": lambda x, y, up: (up, up),
        "mul": lambda x, y, up: (up * y, up * x),
    }
    return backward(leaves, lines, lambda data: Ruled(data, rules))
