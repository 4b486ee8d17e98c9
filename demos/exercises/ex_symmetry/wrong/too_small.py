"""The weights are too small: the sums are nearly 0, and smaller in every further layer, and so are the gradients on
the way back.

Weights with a spread of 1 / sqrt(inputs) give sums with a spread of 1.
"""

from math import sqrt


def init(inputs, neurons, rng):
    return [[rng.gauss(0, 0.01 / sqrt(inputs)) for _ in range(inputs)] for _ in range(neurons)]
