"""This is the slope of the logarithm to base 10. Here log is the natural one, whose base is e: its slope is 1 / x.

Leave out the factor log(10).
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    import math

    return upstream / (x * math.log(10))


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
