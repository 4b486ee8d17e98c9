"""Ask for the derivatives of a function, which is a formula in text."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import spread

NAMES = ("value", "slope", "slope of the slope")


def derivatives(answers: SimpleNamespace, formula: str, x: float) -> Mapping[str, Any]:
    def f(x: Any) -> Any:
        return eval(formula, {}, {"x": x})

    f.__qualname__ = "f"  # the name in an error
    return spread(answers.derivatives(f, x), *NAMES)
