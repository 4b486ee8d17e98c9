"""Every step sets off from the start again, so the descent never gets past its first step.

Keep the number that the last step reached, and step from there.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    while len(path) <= steps:
        x = start - rate * gradient(start)
        path.append(x)
    return path


def largest_rate(curvature):
    return 2 / curvature
