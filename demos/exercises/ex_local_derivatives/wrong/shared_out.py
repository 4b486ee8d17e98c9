"""Adding does not share its upstream out. When x moves by 0.001, x + y moves by all of 0.001, and the same is true of
y: each of them gets the whole upstream.

Try x = 2 and y = 3: nudge x alone, and see how far the sum moves.
"""


def add_backward(x, y, upstream):
    return upstream / 2, upstream / 2


def mul_backward(x, y, upstream):
    return upstream * y, upstream * x
