"""Python reads `/ 2 * h` from left to right: it divides by 2, and then multiplies by h.

Put parentheses around what you divide by: `/ (2 * h)`.
"""


def slope(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h
