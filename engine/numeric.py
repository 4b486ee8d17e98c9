"""Measure the slope of a function of one number by a central difference, by a nudge, or by Ridders' method."""

from __future__ import annotations

from math import inf, isfinite
from sys import float_info
from typing import TYPE_CHECKING, NamedTuple

from .arguments import described, public
from .errors import ArgumentError, real

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HALVINGS = 12  # of the step of Ridders' method, central; to one side twice as many


@public
def central(f: Callable[[float], float], x: float, step: float = 1e-5) -> float:
    """Return the slope of f at x by a central difference: (f(x + step) - f(x - step)) / (2 * step).

    Raises what f raises; ArgumentError or NumberError if f is not a function, x not a number, or step not above 0.

    >>> round(central(lambda x: x * x, 3.0), 6)
    6.0
    """
    if not callable(f):
        raise ArgumentError(f"central(): f is a function of a number, such as lambda x: x * x, not {described(f)}.")
    x, step = real(x), real(step)
    if not isfinite(x):
        raise ArgumentError(f"central(): x is a finite number, not {x}.")
    if not 0 < step < inf:
        raise ArgumentError(f"central(): step is a number above 0, such as 1e-5, not {step}.")
    return _slope_between(f(x - step), f(x + step), step)


def one_sided(f: Callable[[float], float], x: float, step: float) -> float:
    """Return the slope of f from x to x + step, which may lie on either side.

    >>> one_sided(abs, 0.0, 0.5), one_sided(abs, 0.0, -0.5)
    (1.0, -1.0)
    """
    return (f(x + step) - f(x)) / step


class Nudge(NamedTuple):
    """The results of a function at a number moved by `step` to both sides, and at the number itself."""

    step: float
    below: float
    here: float
    above: float

    @property
    def slope(self) -> float:
        """The slope between the two sides."""
        return _slope_between(self.below, self.above, self.step)

    @property
    def noise(self) -> float:
        """The largest error that rounding can cause in the slope."""
        return 4 * float_info.epsilon * max(abs(self.below), abs(self.above)) / self.step

    @property
    def sides(self) -> tuple[float, float]:
        """The slopes to the left and to the right."""
        return (self.here - self.below) / self.step, (self.above - self.here) / self.step


def nudge(f: Callable[[float], float], x: float, step: float) -> Nudge:
    """Move x by a step to both sides, and return the results.

    >>> nudge(lambda x: x * x, 3.0, 0.5)
    Nudge(step=0.5, below=6.25, here=9.0, above=12.25)
    """
    return Nudge(step, f(x - step), f(x), f(x + step))


def ridders(
    f: Callable[[float], float], x: float, step: float, signs: Sequence[int] = (-1, 1)
) -> tuple[float, float]:
    """Return the slope of f at x by Ridders' method, and an estimate of its error.

    Differences at step, step/2, ... are extrapolated to step 0. The slope is the entry of that table that agrees best
    with its neighbours.

    - `f`: a function of a number.
    - `x`: where the slope is measured.
    - `step`: the first step, above 0.
    - `signs`: the sides of x on which f is defined. With both sides the differences are central, and their errors
      have even orders; with one side the errors have all orders.

    Raises what f raises. Source: C. J. F. Ridders, Advances in Engineering Software 4, 1982.

    >>> slope, error = ridders(lambda x: x**3, 2.0, 0.1)
    >>> abs(slope - 12.0) < 1e-9, error < 1e-9
    (True, True)
    """
    best, best_error = 0.0, inf
    above: list[float] = []
    both = len(signs) == 2
    base = 4 if both else 2
    for _ in range(HALVINGS if both else 2 * HALVINGS):
        row = [_slope_between(f(x - step), f(x + step), step) if both else one_sided(f, x, signs[0] * step)]
        for power, previous in enumerate(above, 1):
            row.append((base**power * row[-1] - previous) / (base**power - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - previous))
            if error < best_error:
                best, best_error = row[-1], error
        above, step = row, step / 2
    return best, best_error


def _slope_between(below: float, above: float, step: float) -> float:
    return (above - below) / (2 * step)
