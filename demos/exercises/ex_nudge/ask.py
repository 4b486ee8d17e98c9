"""Ask an answer for the slope at a point, and how far from the point it calls the function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any


def parabola(answers: SimpleNamespace, a: float, b: float, c: float, x: float, h: float) -> Mapping[str, Any]:
    return {"slope": answers.slope(lambda at: a * at * at - b * at + c, x, h)}


def kink(answers: SimpleNamespace, steep: float, flat: float, x: float, h: float) -> Mapping[str, Any]:
    return {"slope": answers.slope(lambda at: (steep if at > x else flat) * (at - x), x, h)}


def passed_step(answers: SimpleNamespace, x: float, h: float) -> Mapping[str, Any]:
    return {"step": farthest(lambda f: answers.slope(f, x, h), x)}


def default_step(answers: SimpleNamespace, x: float) -> Mapping[str, Any]:
    return {"step": farthest(lambda f: answers.slope(f, x), x)}


def farthest(slope: Callable[[Callable[[float], float]], Any], x: float) -> float:
    """Return the largest distance from x at which the answer calls the function."""
    asked = [x]

    def watched(at: float) -> float:
        asked.append(float(at))
        return at * at * at

    slope(watched)
    return max(abs(at - x) for at in asked)
