"""This is how far f moved, not how strongly it reacts. A smaller nudge moves f less, and the slope must not depend on
the nudge.

Divide by how far x moved, from x - h to x + h.
"""


def slope(f, x, h=1e-5):
    return f(x + h) - f(x - h)
