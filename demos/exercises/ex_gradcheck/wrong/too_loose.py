"""A slope that is off by 0.1 % passes: the tolerance is too loose. Mistakes in a gradient are often small.

With a nudge to both sides, a right slope agrees to seven digits or more: a relative tolerance of 0.0001 leaves room.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if abs(claimed - slope) > 0.01 * max(abs(claimed), abs(slope)):
            return False
    return True
