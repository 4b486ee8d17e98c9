"""Ask for probabilities and losses, and for their gradients by the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT


def shares(
    answers: SimpleNamespace, row: Sequence[float], upstream: Sequence[float], slopes: bool
) -> Mapping[str, Any]:
    """Return the probabilities and, with `slopes`, the gradients of Σ upstream · probability by the scores."""
    scores = [Value(x, f"x{place}") for place, x in enumerate(row, 1)]
    asked = [*scores]
    result = list(answers.softmax(asked))
    if not all(isinstance(p, Value) for p in result):
        return {"probabilities": result}
    root: Any = sum(times * p for times, p in zip(upstream, result))
    root.backward()
    gradients = {f"x{place}.grad": score.grad for place, score in enumerate(scores, 1)} if slopes else {}
    return {"probabilities": result, **gradients, KEPT: [*map(id, asked)] == [*map(id, scores)]}


def losses(
    answers: SimpleNamespace,
    rows: Sequence[Sequence[float]],
    classes: Sequence[int],
    upstream: float,
    slopes: bool,
) -> Mapping[str, Any]:
    scores = [[Value(x, f"x{i}{j}") for j, x in enumerate(row, 1)] for i, row in enumerate(rows, 1)]
    asked, right = [[*row] for row in scores], [*classes]
    loss = answers.cross_entropy(asked, right)
    if not isinstance(loss, Value):
        return {"loss": loss}
    (loss * upstream).backward()
    named = {f"x{i}{j}.grad": score.grad for i, row in enumerate(scores, 1) for j, score in enumerate(row, 1)}
    kept = right == [*classes] and [[*map(id, row)] for row in asked] == [[*map(id, row)] for row in scores]
    return {"loss": loss, **(named if slopes else {}), KEPT: kept}
