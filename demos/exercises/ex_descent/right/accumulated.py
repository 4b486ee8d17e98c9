"""The path as a running total."""

from itertools import accumulate


def descend(gradient, start, rate, steps):
    return list(accumulate(range(steps), lambda x, _: x - rate * gradient(x), initial=start))


def largest_rate(c):
    return 1 / (c / 2)
