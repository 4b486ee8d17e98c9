"""A gap of 0.1 % of the slope or more is wrong, word for word."""


def gradcheck(function, point, gradient):
    h = 1e-5
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += h
        below[place] -= h
        slope = (function(*above) - function(*below)) / (2 * h)
        gap = abs(claimed - slope)
        if gap >= 0.001 * abs(slope):
            return False
    return True
