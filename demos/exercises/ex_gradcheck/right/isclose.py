"""Every slope as a list first; then math's own comparison."""

from math import isclose


def gradcheck(function, point, gradient):
    def moved(place, step):
        return function(*(x + step * (place == i) for i, x in enumerate(point)))

    h = 1e-6
    slopes = [(moved(i, h) - moved(i, -h)) / (2 * h) for i in range(len(point))]
    return all(isclose(a, b, rel_tol=3e-4, abs_tol=1e-12) for a, b in zip(slopes, gradient))
