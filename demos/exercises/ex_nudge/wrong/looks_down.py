"""You nudge down only. Where f bends, the slope from x - h to x is the slope a little earlier, not at x: it is off by
about h, and at a kink it never sees the other side.

Nudge x up as well, take f(x + h) - f(x - h), and ask how far it is from x - h to x + h.
"""


def slope(f, x, h=1e-5):
    return (f(x) - f(x - h)) / h
