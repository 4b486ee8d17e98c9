"""Domains: the numbers that an argument of an operation may be. Each row of the operation table names its own."""

from __future__ import annotations

from typing import NamedTuple


class Domain(NamedTuple):
    """What an argument must be, what to do if it is not (both for errors), and the interval that a check samples.

    A `{}` in the remedy stands for the argument's name.
    """

    must_be: str
    remedy: str
    low: float = 0.2
    high: float = 2.5


REAL = Domain("a finite number", "An earlier step overflowed: diagnose() finds it", -2.5)
POSITIVE = Domain("positive", "Keep it above zero, for example {}.maximum(1e-12)")
NONNEGATIVE = Domain("zero or positive", POSITIVE.remedy)  # not maximum(0): the slope of a root at 0 is infinite
NONZERO = Domain("other than zero", "Keep it away from zero, for example {} + 1e-12")
ABOVE_MINUS_1 = Domain("greater than -1", "Keep 1 + {} above zero", -0.7)
BELOW_PI_2 = Domain("a finite number", REAL.remedy, -1.3, 1.3)
BASE = Domain(
    "positive, or the exponent whole (and not negative if the base is 0)",
    "Keep {} above zero, or use a whole exponent",
)
