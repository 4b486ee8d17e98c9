"""Each factor got itself as its local derivative. If x * y moves with x, it moves y times as far: the *other* factor
is the slope.

Nudge x by 0.001 at x = 2, y = -3, and see by how much x * y moves.
"""


def add_backward(x, y, upstream):
    return upstream, upstream


def mul_backward(x, y, upstream):
    return upstream * x, upstream * y
