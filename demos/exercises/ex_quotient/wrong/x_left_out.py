"""The edge of y lacks the factor x: x / y is x times 1 / y, and moves x times as far as 1 / y.

Multiply by x.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -1 / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
