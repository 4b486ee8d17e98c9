"""Ask for the path of a descent, and for the largest rate."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


def path(
    answers: SimpleNamespace, curvature: float, low: float, start: float, rate: float, steps: int
) -> Mapping[str, Any]:
    return {"path": answers.descend(lambda x: curvature * (x - low), start, rate, steps)}


def limit(answers: SimpleNamespace, curvature: float) -> Mapping[str, Any]:
    return {"largest_rate": answers.largest_rate(curvature)}
