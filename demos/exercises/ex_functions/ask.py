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


def again(answers: SimpleNamespace, x: float, formula: str) -> Mapping[str, Any]:
    """Return the number of an operation before and after a backward pass, which leaves a gradient on x."""
    leaf = answers.Value(x)
    first, second = (eval(formula, {}, {"x": leaf}) for _ in range(2))
    second.backward()
    return {"z.data": first.data, "z.data again": eval(formula, {}, {"x": leaf}).data}
