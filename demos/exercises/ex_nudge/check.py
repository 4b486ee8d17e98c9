"""Check slopes of parabolas, where the formula is exact for any step, and at a kink; and check the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isclose
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..probe import Probe, beyond
from . import ask

SMALLEST, LARGEST = 1e-10, 1e-3  # steps that give at least five correct digits of a slope
GOOD = "neither too small nor too large"


def probes(rng: Random) -> list[Probe]:
    parabolas = [parabola(rng), parabola(rng), parabola(rng, falls=True)]
    far = [parabola(rng, anywhere(rng, 0.01)), parabola(rng, anywhere(rng, 90.0)), parabola(rng, 0.0)]
    return [*parabolas, kink(rng), passed_step(rng), default_step(rng), *beyond(*far)]


def parabola(rng: Random, where: float | None = None, falls: bool = False) -> Probe:
    """Ask for the slope of a parabola; with `falls`, at a place where it is below 0, and abs() is wrong."""
    a, b, c = drawn(rng, 1, 3), drawn(rng, 4, 9), drawn(rng, 1, 3)
    x, h = drawn(rng, 0.1, 0.6) if falls else drawn(rng, 0.5, 2), drawn(rng, 0.05, 0.5)
    if where is not None:
        a, b, x = -a, anywhere(rng, 9.0), where

    def f(x: Any) -> Any:
        return a * x * x - b * x + c

    return Probe(
        f"slope(f, x={x}, h={h}) of f(x) = {a}*x*x - {b}*x + {c}",
        partial(ask.parabola, a=a, b=b, c=c, x=x, h=h),
        lambda: {"slope": 2 * a * x - b},
        f"calculus: the slope of a*x*x - b*x + c is 2*a*x - b, here 2*{a}*{x} - {b}",
        lambda: called("f", f(Value(x, "x"))),
    )


def kink(rng: Random) -> Probe:
    steep, flat, x, h = drawn(rng, 2, 4), drawn(rng, 0.5, 1.5), drawn(rng, 1, 2), drawn(rng, 0.05, 0.5)

    return Probe(
        f"slope(f, x={x}, h={h}) of an f with a kink at x: its slope is {flat} on the left and {steep} on the right",
        partial(ask.kink, steep=steep, flat=flat, x=x, h=h),
        lambda: {"slope": (steep + flat) / 2},
        "geometry: to both sides by the same step, a slope is the mean of the left one and the right one",
    )


def passed_step(rng: Random) -> Probe:
    x, h = drawn(rng, 0.5, 2), drawn(rng, 0.05, 0.5)

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        # Some formulas call the function at half a step, or at two steps.
        return {"your step follows h": any(isclose(observed["step"], many * h, rel_tol=1e-6) for many in (0.5, 1, 2))}

    return Probe(
        f"slope(f, x={x}, h={h}), with an eye on the places where f is asked",
        partial(ask.passed_step, x=x, h=h),
        lambda: {"your step follows h": True},
        f"the paragraph: f is asked at x - h and x + h, here {x - h:.2f} and {x + h:.2f}",
        read=read,
        tells=True,
    )


def default_step(rng: Random) -> Probe:
    a, x = drawn(rng, 1, 3), drawn(rng, 0.5, 2)

    def f(at: Any) -> Any:
        return a * at * at * at

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        step = observed["step"]
        # (x + h) - x is not exactly h, so steps that are nearly at a limit are accepted.
        verdict = "too small" if step < SMALLEST / 2 else "too large" if step > LARGEST * 2.1 else GOOD
        return {"your default for h": verdict}

    return Probe(
        f"slope(f, x={x}) of f(x) = {a}*x*x*x, with your own default for h",
        partial(ask.default_step, x=x),
        lambda: {"your default for h": GOOD},
        f"above {LARGEST} the way is too long to be straight; below {SMALLEST} too few of 16 digits are left",
        lambda: called("f", f(Value(x, "x"))),
        read=read,
        tells=True,
    )
