"""`Probe`: one input at which an answer is tried, what is read from the answer there, and the expected result."""

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

    input      the input, as text for the student
    observe    a function of the exercise's ask.py, with plain data as its arguments. It is called with the names
               that the answer defines, and returns numbers by name. No other field is sent to the student's process.
    expect     returns the expected numbers by the same names, in the order in which mistakes are reported: for
               gradients, from the root back
    origin     how the expected numbers are known, as text
    graph      returns the same input as a graph of the engine, for a walk
    tolerance  the largest relative and absolute difference that counts as equal
    read       returns a reading of what `observe` returned, if that is not one already
    beyond     True if this probe is reported only for an answer that is right at all others. It finds answers that
               are right by chance at usual inputs.
    tells      True if the words that it reads say what the answer did, so that one is enough for a diagnosis
    apart      True if it asks for one of several results that a student chooses one by one, so that a right one says
               nothing about the others
    """

    input: str
    observe: partial[Mapping[str, Any]]
    expect: Callable[[], Mapping[str, Any]]
    origin: str = NUMERIC
    graph: Callable[[], Value] | None = None
    tolerance: float = 1e-6
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    beyond: bool = False
    tells: bool = False
    apart: bool = False

    def reading(self, observation: Any) -> Reading:
        """Return what `observe` returned as a reading. It may be of any shape, for a hostile answer may send it."""
        if not isinstance(observation, dict):
            return unread(f"a {type(observation).__name__}")
        if "error" in observation:
            return observation
        try:
            return dict(plain(self.read(observation)))
        except Exception:  # its form is another one than `read` expects
            return unread("it has another form than what is asked for")


def unread(why: str) -> Reading:
    """Return the reading for a result that cannot be judged, with the reason."""
    return {"error": {"type": "Unreadable", "message": f"what it gives cannot be judged: {why}"}}


def beyond(*probes: Probe) -> list[Probe]:
    """Return the probes with `beyond` set. They are edge cases, such as large inputs."""
    return [replace(probe, beyond=True) for probe in probes]


def nudge(function: Callable[..., float], *point: float, h: float = NUDGE) -> list[float]:
    """Return the derivative of a function of floats with respect to each argument, by central differences.

    >>> [round(slope, 6) for slope in nudge(lambda x, y: x * y, 2.0, -3.0)]
    [-3.0, 2.0]
    """

    def along(place: int) -> float:
        return central(lambda x: function(*point[:place], x, *point[place + 1 :]), point[place], h)

    return [along(place) for place in range(len(point))]


def same(got: Any, expected: Any, tolerance: float) -> bool:
    """Return whether two readings are equal, numbers to within a relative or absolute tolerance."""
    if isinstance(expected, float) and isinstance(got, float):
        return isclose(got, expected, rel_tol=tolerance, abs_tol=tolerance) or (isnan(got) and isnan(expected))
    if isinstance(expected, list) and isinstance(got, list):
        return len(got) == len(expected) and all(same(a, b, tolerance) for a, b in zip(got, expected))
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(same(got[key], expected[key], tolerance) for key in expected)
    return type(got) is type(expected) and bool(got == expected)


def telling(got: Any) -> bool:
    """Return whether a result is unlikely to be equal by chance: a number other than 0, 1 and -1, or a list with one.

    >>> telling(-3.217), telling(1.0), telling([0.0, 0.25]), telling(True)
    (True, False, True, False)
    """
    if isinstance(got, dict):
        return any(map(telling, got.values()))
    if isinstance(got, list):
        return any(map(telling, got))
    return isinstance(got, float) and isfinite(got) and got not in (0.0, 1.0, -1.0)
