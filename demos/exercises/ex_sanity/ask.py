"""Ask for the loss of blind guessing, for steps on four rows, and for verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import spread

NAMES = ("first loss", "last loss")


def blind(answers: SimpleNamespace, classes: int) -> Mapping[str, Any]:
    return {"loss": answers.first_loss(classes)}


def loss_of(w: Any, b: Any, rows: Sequence[Sequence[float]]) -> Any:
    """Return the cross-entropy of one neuron: a row is x, and 1 or -1 for its class."""
    return sum(((w * x + b) * -side).softplus() for x, side in rows) / len(rows)


def steps(
    answers: SimpleNamespace,
    start: Sequence[float],
    rows: Sequence[Sequence[float]],
    rate: float,
    steps: int,
    stale: bool,
) -> Mapping[str, Any]:
    w, b = Value(start[0], "w"), Value(start[1], "b")
    if stale:
        loss_of(w, b, rows).backward()
    result = answers.overfit([w, b], lambda: loss_of(w, b, rows), rate, steps)
    return {**spread(result, *NAMES), "w in the end": w.data, "b in the end": b.data}


def verdicts(answers: SimpleNamespace, losses: Sequence[Sequence[float]], classes: int) -> Mapping[str, Any]:
    return {f"verdict on {first} and {last}": answers.verdict(first, last, classes) for first, last in losses}
