"""Ask for a training on some rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import KEPT


def training(answers: SimpleNamespace, rows: Sequence[Sequence[float]], steps: int, rate: float) -> Mapping[str, Any]:
    asked = [tuple(row) for row in rows]
    result = answers.train(asked, steps, rate)
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        return {"w": None if result is None else "w, b and losses are asked for, and this is something else"}
    w, b, losses = result
    kept = asked == [tuple(row) for row in rows]
    return {"w": w, "b": b, "losses": losses if hasattr(losses, "__iter__") else "not a list", KEPT: kept}
