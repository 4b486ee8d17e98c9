"""Python functions of numbers in place of formulas."""

from math import exp

from engine import define


def s(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def swish_operation():
    return define("swish", lambda x: x * s(x), [lambda x: s(x) + x * s(x) * (1 - s(x))])
