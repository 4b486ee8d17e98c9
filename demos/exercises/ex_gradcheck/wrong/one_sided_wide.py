"""It calls right gradients wrong, for the slopes that it finds are not those of the function. A difference to one
side only, or one over a wide step, is the slope of a chord, and a curved function has bent away by then.

Nudge to both sides, (f(x + h) - f(x - h)) / 2h, with a small h such as 0.00001: the bend cancels out. Begin both
nudges at the point as it was.
"""


def gradcheck(function, point, gradient):
    h = 0.01
    for place, claimed in enumerate(gradient):
        above = list(point)
        above[place] += h
        slope = (function(*above) - function(*point)) / h
        if abs(claimed - slope) > 0.0005 * max(abs(claimed), abs(slope)):
            return False
    return True
