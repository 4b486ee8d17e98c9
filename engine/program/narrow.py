"""The numbers of a program in float32: its largest is 3.4e38, that of float64 1.8e308.

The largest float64 stands for "no limit", as in the cross-entropy of masked classes, and becomes the largest float32.
Any other number that is too large becomes infinite, which the program notices; JAX would warn of it besides.
"""

from __future__ import annotations

import re
from sys import float_info
from typing import Any

import numpy as np

LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
LARGE_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?e\+\d+")  # as repr writes what has more than 16 digits


def narrowed(source: str) -> str:
    """Return a source whose numbers are within float32, or infinite.

    >>> narrowed("maximum(z, -1.7976931348623157e+308) * 1e+300 + 1e+20")
    'maximum(z, -3.4028234663852886e+38) * inf + 1e+20'
    """
    return LARGE_NUMBER.sub(lambda found: _narrowed_text(found[0]), source)


def narrowed_array(numbers: Any) -> Any:
    """Return an array of float64 as float32; one of indices as it is."""
    if numbers.dtype.kind != "f":
        return numbers
    with np.errstate(over="ignore"):
        narrow = numbers.astype(np.float32)
    return np.where(abs(numbers) == float_info.max, np.copysign(np.float32(LARGEST_FLOAT32), narrow), narrow)


def _narrowed_text(text: str) -> str:
    number = float(text)
    if number <= LARGEST_FLOAT32:
        return text
    return repr(LARGEST_FLOAT32) if number == float_info.max else "inf"
