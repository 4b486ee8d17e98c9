"""This is a list with a verdict for each argument. A list that is not empty counts as true in an `if`, whatever is in
it.

Say one word for all of them: all(verdicts).
"""

H = 1e-5
TOLERANCE = 1e-4


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    verdicts = []
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += H
        below[place] -= H
        slope = (function(*above) - function(*below)) / (2 * H)
        verdicts.append(abs(claimed - slope) <= TOLERANCE * max(abs(claimed), abs(slope)))
    return verdicts
