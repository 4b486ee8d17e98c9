"""What the losses share: sums and means of Values, and targets whose numbers are given later."""

from __future__ import annotations

from functools import reduce
from operator import add

from engine import Value


class Placeholder(Value):
    """A target that stands for any row's: a graph recorded with it holds for whatever number it gets later.

    So a loss may choose nothing by the number that it has now.
    """

    __slots__ = ()


def total(terms: list[Value]) -> Value:
    """The sum of one Value or more."""
    return reduce(add, terms)


def mean(terms: list[Value]) -> Value:
    """The mean of one Value or more; of one, the Value itself."""
    return terms[0] if len(terms) == 1 else total(terms) / len(terms)


def largest(values: list[Value]) -> Value:
    """The largest of one Value or more, as a node: of neighbors first, so that few steps build on each other."""
    while len(values) > 1:
        alone = values[len(values) // 2 * 2 :]
        values = [*map(Value.maximum, values[::2], values[1::2]), *alone]
    return values[0]
