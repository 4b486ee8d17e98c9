"""The weights are divided by the number of inputs, and that is too much: in a sum of random terms, many cancel each
other already. With many inputs the signal dies out from layer to layer.

Divide by sqrt(inputs) instead: the spread of a sum of n numbers grows with √n.
"""


def init(inputs, neurons, rng):
    return [[rng.gauss(0, 1) / inputs for _ in range(inputs)] for _ in range(neurons)]
