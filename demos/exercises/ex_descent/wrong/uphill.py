"""This goes uphill: the slope points to where the function grows.

Subtract rate × slope instead of adding it.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x + rate * gradient(x))
    return path


def largest_rate(curvature):
    return 2 / curvature
