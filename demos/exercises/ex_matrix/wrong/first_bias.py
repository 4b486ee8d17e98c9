"""Every row gets the first bias. Each neuron has its own.

Take the bias of the row's own place.
"""


def layer(W, x, b):
    return [sum(w * each for w, each in zip(row, x)) + b[0] for row in W]
