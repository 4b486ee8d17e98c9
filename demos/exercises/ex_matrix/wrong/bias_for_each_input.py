"""The bias is added once for each input. A neuron has one bias.

Add it after the sum, or begin the sum with it.
"""


def layer(W, x, b):
    return [sum(w * each + bias for w, each in zip(row, x)) for row, bias in zip(W, b)]
