"""log multiplies by x, as if its slope grew. The logarithm gets flatter to the right.

Divide by x.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream * x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream
