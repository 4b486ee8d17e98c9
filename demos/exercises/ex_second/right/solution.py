"""grad returns nodes, not numbers, so what it returns can be differentiated
once more: that is how an engine gets every higher derivative.
"""

from engine import Value, grad


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    x = Value(x, "x")
    y = function(x)
    (first,) = grad(y, x)
    (second,) = grad(first, x)
    return y.data, first.data, second.data


if __name__ == "__main__":
    print("x ** 3 at 2:   ", derivatives(lambda x: x**3, 2.0), "8, 12, 12")
    print("x * x at 5:    ", derivatives(lambda x: x * x, 5.0), "25, 10, 2")
    print("exp(2x) at 0:  ", derivatives(lambda x: (2 * x).exp(), 0.0))
