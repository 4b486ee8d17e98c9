"""The gap is divided by the slope, and a slope may be 0, as it is at the lowest point of a valley.

Multiply instead: abs(claimed - slope) <= 0.0001 * max(abs(claimed), abs(slope)) says the same and divides by nothing.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if abs(claimed - slope) / abs(slope) > 1e-4:
            return False
    return True
