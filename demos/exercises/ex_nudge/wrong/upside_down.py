"""Your slope has the wrong sign: it says that f falls where f rises. It takes what f was before, minus what f is
after.

Try f(x) = x, which rises by 1 for each step of 1. How far f moved is where it ends, f(x + h), minus where it started.
"""


def slope(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)
