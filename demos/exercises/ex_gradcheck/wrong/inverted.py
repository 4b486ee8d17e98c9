"""The verdicts are the wrong way round: True for gradients that are wrong, and False for those that are right.

gradcheck answers the question "is this gradient right?".
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if abs(claimed - slope) > 1e-4 * max(abs(claimed), abs(slope)):
            return True
    return False
