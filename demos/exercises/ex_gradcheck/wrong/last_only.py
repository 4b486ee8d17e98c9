"""Only the last argument counts: each round of the loop writes over the verdict of the round before.

Say False as soon as one slope is wrong, or keep the verdict with `and`.
"""

H = 1e-5
TOLERANCE = 1e-4


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += H
        below[place] -= H
        slope = (function(*above) - function(*below)) / (2 * H)
        verdict = abs(claimed - slope) <= TOLERANCE * max(abs(claimed), abs(slope))
    return verdict
