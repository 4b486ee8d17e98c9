"""grad once, and then backward() from the slope."""

from engine import Value, grad


def derivatives(function, x):
    x = Value(x)
    y = function(x)
    slope = grad(y, x)[0]
    slope.backward()
    return y.data, slope.data, x.grad
