"""Your formula is right, but your default for h is too large. Between x - h and x + h, f has time to bend, and what
you measure is a mean slope of a long way.

Run the file, and look in the table for the steps that give 12: somewhere between 0.001 and 0.000000001 all is well.
"""


def slope(f, x, h=1.0):
    return (f(x + h) - f(x - h)) / (2 * h)
