"""One step is missing: a path of so many steps has one number more than steps, for the start is one of them.

Repeat exactly `steps` times: range(steps) does, and range(1, steps) or range(steps - 1) does not.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps - 1):
        x = path[-1]
        path.append(x - rate * gradient(x))
    return path


def largest_rate(curvature):
    return 2 / curvature
