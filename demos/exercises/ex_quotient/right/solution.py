"""x / y is x * y**-1, so its edges are those of a product and a power: 1 / y,
and -x / y². The slope of log(x) is 1 / x, and a minus turns every slope over.
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    return upstream / y, upstream * -x / y**2


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    return upstream / x


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    return -upstream


if __name__ == "__main__":
    print("a / b:  ", div_backward(3.0, 2.0, 10.0), "a nudge: 5.0 and -7.5")
    print("log(a): ", log_backward(4.0, 10.0), "a nudge: 2.5")
    print("-a:     ", neg_backward(3.0, 10.0), "a nudge: -10.0")
