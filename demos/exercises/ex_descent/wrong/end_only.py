"""This is only where the descent ends. The whole path was asked for: without it, nobody sees whether it went
straight, to and fro, or away.

Collect every number in a list, the start first.
"""


def descend(gradient, start, rate, steps):
    x = start
    for _ in range(steps):
        x -= rate * gradient(x)
    return x


def largest_rate(curvature):
    return 2 / curvature
