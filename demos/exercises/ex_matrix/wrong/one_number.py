"""One number is returned: all outputs are added up. Each row has an output of its own.

Start a new sum for each row, and return a list of them.
"""


def layer(W, x, b):
    return sum(sum(w * each for w, each in zip(row, x)) + bias for row, bias in zip(W, b))
