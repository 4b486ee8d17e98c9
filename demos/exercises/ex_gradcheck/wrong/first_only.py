"""Only the first argument is checked: a wrong slope in any other goes unseen. Often a `return True` stands inside the
loop, where it ends the loop in its first round.

Say False as soon as one slope is wrong, but True only after the loop.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        return abs(claimed - slope) <= 1e-4 * max(abs(claimed), abs(slope))
    return True
