"""Check value, slope and slope of the slope of formulas, at points of both signs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..probe import Probe, beyond
from . import ask

# A formula, its slope and the slope of that, each as a function of a float.
Rule = Callable[[float], float]
FORMULAS: dict[str, tuple[Rule, Rule, Rule]] = {
    "x ** 3": (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
    "x * x * x * x": (lambda x: x**4, lambda x: 4 * x**3, lambda x: 12 * x**2),
    "(2 * x).exp()": (lambda x: math.exp(2 * x), lambda x: 2 * math.exp(2 * x), lambda x: 4 * math.exp(2 * x)),
    "x.tanh()": (
        math.tanh,
        lambda x: 1 - math.tanh(x) ** 2,
        lambda x: -2 * math.tanh(x) * (1 - math.tanh(x) ** 2),
    ),
    "1 / x": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3),
    "3 * x + 2": (lambda x: 3 * x + 2, lambda x: 3.0, lambda x: 0.0),
}


def probes(rng: Random) -> list[Probe]:
    near = [probe(formula, drawn(rng, 0.6, 1.6, sign=True)) for formula in FORMULAS]
    return [*near, *beyond(*(probe(formula, anywhere(rng) + 1.1 * rng.choice((1, -1))) for formula in FORMULAS))]


def probe(formula: str, x: float) -> Probe:
    def graph() -> Value:
        return called("y", eval(formula, {}, {"x": Value(x, "x")}))

    def expect() -> Mapping[str, Any]:
        return dict(zip(ask.NAMES, (rule(x) for rule in FORMULAS[formula])))

    return Probe(
        f"derivatives(f, {x}), where f(x) = {formula}",
        partial(ask.derivatives, formula=formula, x=x),
        expect,
        "the rules of derivatives, used twice",
        graph,
        tolerance=1e-5,
        tells=True,
    )
