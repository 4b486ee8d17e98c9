"""Both arguments of the product get upstream × x × y, which is upstream times the product's number. A slope says how
far z moves, not where it is.

When x moves by 1, x * y moves by y. Nudge x by 0.001 at x = 2, y = -3, and see.
"""


def add_backward(x, y, upstream):
    return upstream, upstream


def mul_backward(x, y, upstream):
    return upstream * x * y, upstream * x * y
