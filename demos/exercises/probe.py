"""A probe: one input, what is read off an answer at it, and the truth, computed without any answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isclose, isfinite, isnan
from typing import Any

from engine import Value, central

from .inside.reading import Reading, plain

NUDGE = 1e-5
NUMERIC = f"the numeric nudge (f(x + h) - f(x - h)) / 2h, with h = {NUDGE:g}"


@dataclass(frozen=True)
class Probe:
    """One input at which an answer is tried.

    input      the input as a student reads it
    observe    a function of the exercise's ask.py, and plain data for it. It runs in the student's process, which
               knows nothing else of the probe: it takes the names that the exercise asks for, and returns numbers
               by name. All other fields stay outside of that process.
    expect     returns the truth by the same names, in the order in which a mistake is to be reported: for gradients,
               from the root back
    origin     where the truth comes from
    graph      returns the same input as a graph of the engine, for a walk
    tolerance  the largest relative and absolute difference that counts as equal
    read       makes a reading of what `observe` returns, where it is not one already
    beyond     true if this probe is reported only for an answer that is right at all others: it finds answers that
               are right by chance at the inputs one tries first
    """

    input: str
    observe: partial[Mapping[str, Any]]
    expect: Callable[[], Mapping[str, Any]]
    origin: str = NUMERIC
    graph: Callable[[], Value] | None = None
    tolerance: float = 1e-6
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    beyond: bool = False

    def reading(self, observation: Any) -> Reading:
        """Return what `observe` returned as a reading. A hostile answer may have sent plain data of any shape."""
        if not isinstance(observation, dict):
            return unread(f"a {type(observation).__name__}")
        if "error" in observation:
            return observation
        try:
            return dict(plain(self.read(observation)))
        except Exception as error:
            return unread(f"{type(error).__name__} as it is read")


def unread(why: str) -> Reading:
    """Return the reading for what cannot be read."""
    return {"error": {"type": "Unreadable", "message": f"what it gives cannot be judged: {why}"}}


def beyond(*probes: Probe) -> list[Probe]:
    """Mark probes that are reported only for answers that are right at all others, such as edges and large inputs."""
    return [replace(probe, beyond=True) for probe in probes]


def nudge(function: Callable[..., float], *point: float, h: float = NUDGE) -> list[float]:
    """Return the slope of a function of floats in each of its arguments, by a central difference.

    >>> [round(slope, 6) for slope in nudge(lambda x, y: x * y, 2.0, -3.0)]
    [-3.0, 2.0]
    """

    def along(place: int) -> float:
        return central(lambda x: function(*point[:place], x, *point[place + 1 :]), point[place], h)

    return [along(place) for place in range(len(point))]


def same(got: Any, expected: Any, tolerance: float) -> bool:
    """Return whether two plain things agree, numbers to a relative and absolute tolerance."""
    if isinstance(expected, float) and isinstance(got, float):
        return isclose(got, expected, rel_tol=tolerance, abs_tol=tolerance) or (isnan(got) and isnan(expected))
    if isinstance(expected, list) and isinstance(got, list):
        return len(got) == len(expected) and all(same(a, b, tolerance) for a, b in zip(got, expected))
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(same(got[key], expected[key], tolerance) for key in expected)
    return type(got) is type(expected) and bool(got == expected)


def telling(got: Any) -> bool:
    """Return whether a thing is unlikely by accident: a number other than 0, 1 and -1, or a list with one.

    >>> telling(-3.217), telling(1.0), telling([0.0, 0.25]), telling(True)
    (True, False, True, False)
    """
    if isinstance(got, dict):
        return any(map(telling, got.values()))
    if isinstance(got, list):
        return any(map(telling, got))
    return isinstance(got, float) and isfinite(got) and got not in (0.0, 1.0, -1.0)
