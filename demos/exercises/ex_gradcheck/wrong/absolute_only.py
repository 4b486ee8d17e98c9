"""The gap is compared with a fixed number. For slopes of a hundred million that is stricter than floats can be, and
for slopes of 0.00001 it lets everything pass.

Compare the gap with the slopes: abs(claimed - slope) against 0.0001 times the larger of the two.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        if abs(claimed - slope) > 1e-6:
            return False
    return True
