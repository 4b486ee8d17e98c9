"""Two numbers are returned, and three are asked for: the value is left out.

Return y.data first.
"""

from engine import Value, grad


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    x = Value(x, "x")
    y = function(x)
    (first,) = grad(y, x)
    (second,) = grad(first, x)
    return first.data, second.data
