"""Ask for the number of an operation, and for the gradients of a graph that uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import backward, compute


def number(answers: SimpleNamespace, x: float, formula: str) -> Mapping[str, Any]:
    z = compute({"x": x}, [f"z = {formula}"], answers.Value)["z"]
    return {"z.data": "none: z is a plain number, and a Value is needed" if isinstance(z, float) else z and z.data}


def gradients(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    return backward(leaves, lines, answers.Value)
