"""Ask for verdicts on claimed gradients, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any


def verdicts(
    answers: SimpleNamespace, scale: float, point: Sequence[float], gradients: Sequence[Sequence[float]]
) -> Mapping[str, Any]:
    def f(x: Any, y: Any) -> Any:
        return scale * (x**8 - x * y)

    f.__qualname__ = "f"  # the name in an error
    return {"verdicts": [answers.gradcheck(f, [*point], [*each]) for each in gradients]}
