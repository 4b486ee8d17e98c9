"""The edge of y is divided by y once. 1 / y is y to the power of -1, and its slope is -1 / y².

Divide by y * y.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
