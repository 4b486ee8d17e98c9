"""Rise over run, between two points that are named."""


def slope(f, x, h=0.0001):
    low, high = x - h, x + h
    rise = f(high) - f(low)
    run = high - low
    return rise / run
