"""An error in one direction is noticed, and the same error in the other is not: the gap has a sign, and a negative
gap is below any tolerance.

Take the size of the gap, abs(claimed - slope), and the size of what you compare it with.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if claimed - slope > 1e-4 * max(abs(claimed), abs(slope)):
            return False
    return True
