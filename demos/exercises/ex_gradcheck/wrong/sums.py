"""The slopes are added up before they are compared, so an error in one argument can hide behind the opposite error in
another. Nudging all arguments at once does the same.

Nudge one argument at a time, and compare slope by slope.
"""


def gradcheck(function, point, gradient):
    h = 1e-5
    above, below = [x + h for x in point], [x - h for x in point]
    slope = (function(*above) - function(*below)) / (2 * h)
    claimed = sum(gradient)
    return abs(claimed - slope) <= 1e-5 * max(abs(claimed), abs(slope))
