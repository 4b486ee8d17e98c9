"""These are the edges of a product. In x / y, the edge of x holds 1 / y, and that of y holds -x / y².

Nudge y by 0.001 at x = 6 and y = 2, and see how far x / y moves.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream * y, upstream * x


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
