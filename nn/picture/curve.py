"""The axes of a curve or a surface: from where to where they go, and with which scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTOR = 100  # losses that span a larger factor go on a log scale


def around(numbers: Sequence[float], margin: float = 0.12, least: float = 1.0) -> tuple[float, float]:
    """Return the lowest and the highest number, moved apart by a margin on either side.

    `margin` is a share of the distance between them. If they are equal, `least` is the margin.

    >>> around([0.0, 10.0]), around([3.0])
    ((-1.2, 11.2), (2.0, 4.0))
    """
    low, high = min(numbers), max(numbers)
    beside = margin * (high - low) or least
    return low - beside, high + beside


def needs_log_scale(low: float, high: float) -> bool:
    """Tell whether losses from low to high are seen better on a log scale.

    >>> needs_log_scale(0.001, 1.0), needs_log_scale(0.5, 1.0), needs_log_scale(0.0, 1.0)
    (True, False, False)
    """
    return low > 0 and high > FACTOR * low
