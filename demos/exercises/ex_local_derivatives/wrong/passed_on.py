"""Your product passes its upstream on as it is, as a sum does. But when x moves by 0.001, x * y moves by y times
that.

Multiply by the local derivatives of x * y. Nudge x by 0.001 at x = 2, y = -3 to find the first.
"""


def add_backward(x, y, upstream):
    return upstream, upstream


def mul_backward(x, y, upstream):
    return upstream, upstream
