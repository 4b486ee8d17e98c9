"""A probe: one input, what is read off an answer at it, and the truth, found without any answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isclose, isfinite, isnan
from numbers import Real
from types import SimpleNamespace
from typing import Any

from engine import Value

NUDGE = 1e-5
NUMERIC = f"the numeric nudge (f(x + h) - f(x - h)) / 2h, with h = {NUDGE:g}"

Reading = dict[str, Any]  # what was read off an answer at one probe, by name; {"error": ...} if it raised


@dataclass(frozen=True)
class Probe:
    """One input at which an answer is tried.

    `given` is the input as a student reads it. `observe` runs in the student's process: it is handed the names that
    the exercise asks for, and returns what it reads off, by name. `expect` runs outside of it and returns the truth
    by the same names, in the order in which a mistake is to be told: for gradients, from the root back. `origin`
    says where the truth comes from. `graph` is the same input as a graph of the engine, for a walk.
    """

    given: str
    observe: Callable[[SimpleNamespace], Mapping[str, Any]]
    expect: Callable[[], Mapping[str, Any]]
    origin: str = NUMERIC
    graph: Callable[[], Value] | None = None
    tolerance: float = 1e-6


def nudge(function: Callable[..., float], *point: float, h: float = NUDGE) -> list[float]:
    """The slope of a function of floats in each of its arguments, by a central difference.

    >>> [round(slope, 6) for slope in nudge(lambda x, y: x * y, 2.0, -3.0)]
    [-3.0, 2.0]
    """
    slopes = []
    for place, x in enumerate(point):
        above, below = ([*point[:place], x + step, *point[place + 1 :]] for step in (h, -h))
        slopes.append((function(*above) - function(*below)) / (2 * h))
    return slopes


def plain(found: Any) -> Any:
    """What an answer gave, as what can be sent and compared: numbers, text, and lists of them."""
    if found is None or isinstance(found, (bool, str)):
        return found
    if isinstance(found, Value):
        return {"Value": plain(found.data)}
    if isinstance(found, Real):
        return float(found)
    if isinstance(found, Mapping):
        return {str(key): plain(each) for key, each in found.items()}
    if isinstance(found, (list, tuple)):
        return [plain(each) for each in found]
    if hasattr(found, "tolist"):  # an array, or one of NumPy's scalars
        return plain(found.tolist())
    return f"a {type(found).__name__}"


def same(got: Any, expected: Any, tolerance: float) -> bool:
    """Whether two plain things agree, numbers to a relative and absolute tolerance."""
    if isinstance(expected, float) and isinstance(got, float):
        return isclose(got, expected, rel_tol=tolerance, abs_tol=tolerance) or (isnan(got) and isnan(expected))
    if isinstance(expected, list) and isinstance(got, list):
        return len(got) == len(expected) and all(same(a, b, tolerance) for a, b in zip(got, expected))
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(same(got[key], expected[key], tolerance) for key in expected)
    return type(got) is type(expected) and bool(got == expected)


def telling(got: Any) -> bool:
    """Whether a thing is unlikely to be had by accident: a number other than 0, ±1 and the like, or a list with one.

    >>> telling(-3.217), telling(1.0), telling([0.0, 0.25]), telling(True)
    (True, False, True, False)
    """
    if isinstance(got, dict):
        return any(map(telling, got.values()))
    if isinstance(got, list):
        return any(map(telling, got))
    return isinstance(got, float) and isfinite(got) and got not in (0.0, 1.0, -1.0)
