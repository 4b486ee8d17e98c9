"""Ask for steps on a loss of two parameters, perhaps after an earlier call of backward()."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT
from ..inside.reading import EVIDENCE


def loss(w: Any, b: Any, x: float, d: float, c: float) -> Any:
    e = w * x + b + d
    return e * e * c + w * w


def steps(
    answers: SimpleNamespace,
    start: Sequence[float],
    x: float,
    d: float,
    c: float,
    rate: float,
    steps: int,
    stale: bool,
) -> Mapping[str, Any]:
    w, b = Value(start[0], "w"), Value(start[1], "b")
    if stale:
        loss(w, b, x, d, c).backward()
    answers.train([w, b], lambda: loss(w, b, x, d, c), rate, steps)
    names = [f"{name} after {steps} step{'s'[: steps > 1]}" for name in "wb"]
    result = dict(zip(names, (w.data, b.data)))
    # Several mistakes leave all parameters unchanged, and differ in the gradients that they leave.
    return result if w.data != start[0] else {**result, EVIDENCE: [w.grad, b.grad]}


def many(answers: SimpleNamespace, start: Sequence[float], rate: float, steps: int) -> Mapping[str, Any]:
    """Ask for steps of several parameters; the loss is the sum of their squares."""
    parameters = [Value(number) for number in start]
    handed = [*parameters]
    answers.train(handed, lambda: sum(p * p for p in parameters), rate, steps)
    return {"parameters": [p.data for p in parameters], KEPT: [*map(id, handed)] == [*map(id, parameters)]}
