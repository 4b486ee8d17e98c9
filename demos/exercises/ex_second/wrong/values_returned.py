"""Nodes are returned, and plain numbers are asked for.

Return .data of each.
"""

from engine import Value, grad


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    x = Value(x, "x")
    y = function(x)
    (first,) = grad(y, x)
    (second,) = grad(first, x)
    return y, first, second
