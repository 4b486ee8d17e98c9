"""The path does not have the start in it: a path begins where you set off.

Put `start` into the list before the first step.
"""


def descend(gradient, start, rate, steps):
    path, x = [], start
    for _ in range(steps):
        x -= rate * gradient(x)
        path.append(x)
    return path


def largest_rate(curvature):
    return 2 / curvature
