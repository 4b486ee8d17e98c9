"""Choose the limits and the scale of the axes of a curve or a surface."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ..checks import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTOR = 100  # losses that span a larger factor get a log scale


def around(numbers: Sequence[float], margin: float = 0.12, least: float = 1.0) -> tuple[float, float]:
    """Return limits around numbers: the lowest and the highest, each moved out by a margin.

    Parameters
    ----------
    numbers: one or more.
    margin: the margin, as a part of the distance from the lowest to the highest.
    least: the margin if all numbers are equal.

    Returns
    -------
    The lower and the upper limit.

    Raises
    ------
    NetworkError if the distance between the limits is too large for a float.

    >>> around([0.0, 10.0]), around([3.0])
    ((-1.2, 11.2), (2.0, 4.0))
    """
    lowest, highest = min(numbers), max(numbers)
    width = margin * (highest - lowest) or least
    low, high = lowest - width, highest + width
    if not isfinite(high - low):
        raise NetworkError(f"numbers from {lowest:g} to {highest:g} are too large to draw: scale them down.")
    return low, high


def needs_log_scale(low: float, high: float) -> bool:
    """Tell whether losses from `low` to `high` get a log scale: they do if they span more than a factor of 100.

    >>> needs_log_scale(0.001, 1.0), needs_log_scale(0.5, 1.0), needs_log_scale(0.0, 1.0)
    (True, False, False)
    """
    return low > 0 and high > FACTOR * low
