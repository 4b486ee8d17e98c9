"""Your default for h is too small. A computer's numbers have 16 digits: x + h and x are then nearly or wholly the
same number, and the few digits by which f differs are noise.

Run the file, and look in the table for the steps that give 12: somewhere between 0.001 and 0.000000001 all is well.
"""


def slope(f, x, h=1e-16):
    return (f(x + h) - f(x - h)) / (2 * h)
