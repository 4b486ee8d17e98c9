"""The function is applied to the slope, and that is differentiated. The slope itself is what must be differentiated.

Write grad(first, x).
"""

from engine import Value, grad


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    x = Value(x, "x")
    y = function(x)
    (first,) = grad(y, x)
    (second,) = grad(function(first), x)
    return y.data, first.data, second.data
