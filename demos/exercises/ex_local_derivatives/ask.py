"""Ask each function for its contributions, alone and in a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import Ruled, backward, spread


def alone(answers: SimpleNamespace, name: str, x: float, y: float, upstream: float) -> Mapping[str, Any]:
    return spread(getattr(answers, name)(x, y, upstream), "x.grad", "y.grad")


def together(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    rules = {op: getattr(answers, f"{op}_backward") for op in ("add", "mul")}
    return backward(leaves, lines, lambda data: Ruled(data, rules))
