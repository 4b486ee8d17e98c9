"""What the losses share: sums, means and the largest of Values, and placeholders for targets."""

from __future__ import annotations

from functools import reduce
from operator import add

from engine import Value


class Placeholder(Value):
    """A target whose number comes later: a graph that is recorded with it holds for the target of any row.

    So a loss must not branch on the number that a placeholder has while it is recorded.
    """

    __slots__ = ()


def total(terms: list[Value]) -> Value:
    """Return the sum of one Value or more."""
    return reduce(add, terms)


def mean(terms: list[Value]) -> Value:
    """Return the mean of one Value or more; of one, the Value itself."""
    return terms[0] if len(terms) == 1 else total(terms) / len(terms)


def largest(values: list[Value]) -> Value:
    """Return the largest of one Value or more, as a node. It compares in pairs: a shallow graph."""
    while len(values) > 1:
        alone = values[len(values) // 2 * 2 :]
        values = [*map(Value.maximum, values[::2], values[1::2]), *alone]
    return values[0]
