"""The slope is multiplied by itself. The slope of the slope is another thing: how far the slope moves when x does.

Call grad with the slope as its first argument.
"""

from engine import Value, grad


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    x = Value(x, "x")
    y = function(x)
    (first,) = grad(y, x)
    return y.data, first.data, first.data**2
