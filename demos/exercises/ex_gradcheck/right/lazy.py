"""Slopes one by one, until one is wrong."""

from math import isclose


def slopes(f, point, h=1e-6):
    for i in range(len(point)):
        up = [*point[:i], point[i] + h, *point[i + 1 :]]
        down = [*point[:i], point[i] - h, *point[i + 1 :]]
        yield (f(*up) - f(*down)) / 2 / h


def gradcheck(f, p, g):
    return all(isclose(a, b, rel_tol=1e-4) for a, b in zip(slopes(f, p), g))
