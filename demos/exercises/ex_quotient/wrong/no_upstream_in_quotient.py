"""The quotient returns its local derivatives alone. What goes back along an edge is upstream × local.

Multiply both by upstream.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return 1 / y, -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
