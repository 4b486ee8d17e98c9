"""Compute what several losses need: sums, means and the largest of Values. Define placeholders for targets."""

from __future__ import annotations

from functools import reduce
from operator import add

from engine import Value


class Placeholder(Value):
    """A target whose number comes later: a graph that is recorded with it holds for the target of every row.

    So a loss must not branch on the number of a placeholder.
    """

    __slots__ = ()


def total(terms: list[Value]) -> Value:
    """Return the sum of one Value or more."""
    return reduce(add, terms)


def negative(term: Value) -> Value:
    """Return minus a Value; its number is 0.0, not -0.0, where that of the Value is 0."""
    result = -term
    if not result.data:
        result.data = 0.0
    return result


def mean(terms: list[Value]) -> Value:
    """Return the mean of one Value or more. The mean of one is the Value itself."""
    return terms[0] if len(terms) == 1 else total(terms) / len(terms)


def largest(values: list[Value]) -> Value:
    """Return the largest of one Value or more, as a node. Comparing in pairs keeps its graph shallow."""
    while len(values) > 1:
        alone = values[len(values) // 2 * 2 :]
        values = [*map(Value.maximum, values[::2], values[1::2]), *alone]
    return values[0]
