"""The function returns upstream times the logarithm, but its slope is needed: 1 / x.

Return upstream / x.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    import math

    return upstream * math.log(x)


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
