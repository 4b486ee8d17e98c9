"""Exercise: local derivatives of a quotient, log and minus.

Three rules that every loss needs. As before, each function is handed the
numbers of its arguments and its upstream gradient, and returns what goes back
to each argument. A quotient has two edges: when x grows, x / y grows; when y
grows, x / y shrinks, the more, the smaller y is. The slope of log(x), the
natural logarithm, is large near 0 and ever flatter to the right.

    x ───┐
         ├── z = x / y        x ──── z = log(x)        x ──── z = -x
    y ───┘
                 upstream = dL/dz, for each of the three
"""


def div_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x / y."""
    raise NotImplementedError("TODO: all three functions are yours to write")


def log_backward(x, upstream):
    """Return the contribution to x.grad of z = log(x), where x is above 0."""
    raise NotImplementedError("TODO")


def neg_backward(x, upstream):
    """Return the contribution to x.grad of z = -x."""
    raise NotImplementedError("TODO")


if __name__ == "__main__":
    print("a / b:  ", div_backward(3.0, 2.0, 10.0), "a nudge: 5.0 and -7.5")
    print("log(a): ", log_backward(4.0, 10.0), "a nudge: 2.5")
    print("-a:     ", neg_backward(3.0, 10.0), "a nudge: -10.0")
