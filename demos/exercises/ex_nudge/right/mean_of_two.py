"""The mean of the slope to the right and the slope to the left."""


def slope(f, x, h=1e-6):
    here = f(x)
    right = (f(x + h) - here) / h
    left = (here - f(x - h)) / h
    return (left + right) / 2
