"""No rule at all: each argument is nudged."""

from math import log


def slope(f, at):
    h = 1e-6 * max(1.0, abs(at))
    return (f(at + h) - f(at - h)) / (2 * h)


def div_backward(x, y, upstream):
    h = 1e-6 * abs(y)
    return upstream / y, upstream * (x / (y + h) - x / (y - h)) / (2 * h)


def log_backward(x, upstream):
    h = 1e-5 * x
    return upstream * (log(x + h) - log(x - h)) / (2 * h)


def neg_backward(x, upstream):
    return upstream * slope(lambda at: -at, x)
