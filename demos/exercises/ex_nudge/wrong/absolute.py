"""Your slope is never negative. Where f falls as x rises, its slope is below 0, and abs() takes that sign away.

Leave the difference its sign: what f is at x + h, minus what it is at x - h.
"""


def slope(f, x, h=1e-5):
    return abs(f(x + h) - f(x - h)) / (2 * h)
