"""The axes of a curve or a surface: from where to where they go, and with which scale."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ..checks import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTOR = 100  # losses that span a larger factor go on a log scale


def around(numbers: Sequence[float], margin: float = 0.12, least: float = 1.0) -> tuple[float, float]:
    """Return the lowest and the highest number, moved apart by a margin on either side.

    Parameters
    ----------
    numbers: one or more.
    margin: a part of the distance between the lowest and the highest, such as 0.12 of it.
    least: the margin if they are equal.

    Raises
    ------
    NetworkError if they are too far apart for the distance to be a float.

    >>> around([0.0, 10.0]), around([3.0])
    ((-1.2, 11.2), (2.0, 4.0))
    """
    lowest, highest = min(numbers), max(numbers)
    beside = margin * (highest - lowest) or least
    low, high = lowest - beside, highest + beside
    if not isfinite(high - low):
        raise NetworkError(f"numbers from {lowest:g} to {highest:g} are too large to draw: scale them down.")
    return low, high


def needs_log_scale(low: float, high: float) -> bool:
    """Return whether losses from low to high are seen better on a log scale.

    >>> needs_log_scale(0.001, 1.0), needs_log_scale(0.5, 1.0), needs_log_scale(0.0, 1.0)
    (True, False, False)
    """
    return low > 0 and high > FACTOR * low
