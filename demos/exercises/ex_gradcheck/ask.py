"""Ask for verdicts on claimed gradients, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import KEPT

MOST_ASKED = 20  # the most points that are noted of one call


def verdicts(
    answers: SimpleNamespace, scale: float, point: Sequence[float], gradients: Sequence[Sequence[float]]
) -> Mapping[str, Any]:
    asked: list[list[list[float]]] = []  # the points of each call

    def f(x: Any, y: Any) -> Any:
        if len(asked[-1]) < MOST_ASKED and isinstance(x, float) and isinstance(y, float):
            asked[-1].append([x, y])
        return scale * (x**8 - x * y)

    f.__qualname__ = "f"  # the name in an error
    verdicts, points = [], []
    for each in gradients:
        at, claimed = [*point], [*each]
        asked.append([])
        verdicts.append(answers.gradcheck(f, at, claimed))
        points += zip([*at, *claimed], [*point, *each])
    kept = all(abs(now - before) <= 1e-9 * abs(before) for now, before in points)
    return {"verdicts": verdicts, KEPT: kept, "asked": asked}


def several(
    answers: SimpleNamespace, factors: Sequence[float], point: Sequence[float], gradients: Sequence[Sequence[float]]
) -> Mapping[str, Any]:
    """Ask about a function of as many arguments as there are factors, which is linear."""

    def f(*at: Any) -> Any:
        return sum(factor * x for factor, x in zip(factors, at, strict=True))

    f.__qualname__ = "f"
    return {"verdicts": [answers.gradcheck(f, [*point], [*each]) for each in gradients]}
