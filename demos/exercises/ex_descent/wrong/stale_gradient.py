"""The slope is taken once, at the start, and used in every step. But the slope changes on the way: it is what makes
the steps shorter near the lowest point.

Ask gradient(x) anew in every round of the loop.
"""


def descend(gradient, start, rate, steps):
    path, slope = [start], gradient(start)
    for _ in range(steps):
        path.append(path[-1] - rate * slope)
    return path


def largest_rate(curvature):
    return 2 / curvature
