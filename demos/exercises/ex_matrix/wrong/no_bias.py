"""The biases are left out.

Add b[i] to the sum of row i.
"""


def layer(W, x, b):
    return [sum(w * each for w, each in zip(row, x)) for row, bias in zip(W, b)]
