"""Right gradients are called wrong: == asks two floats to agree in the last digit, and so, nearly, does a tolerance
of 1e-15. A slope from a nudge is only ever an approximation.

Allow a relative gap, such as 0.0001 of the larger of the two slopes.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    slopes = []
    for place in range(len(point)):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slopes.append((function(*above) - function(*below)) / (2 * h))
    return slopes == gradient
