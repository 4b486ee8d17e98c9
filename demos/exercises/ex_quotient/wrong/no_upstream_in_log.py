"""log returns its local derivative 1 / x alone.

Multiply it by upstream.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return 1 / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
