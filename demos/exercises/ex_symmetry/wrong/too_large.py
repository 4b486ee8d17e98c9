"""The weights are too large: most sums land where tanh is flat, at -1 or 1, and the gradient is nearly 0 there.

Weights with a spread of 1 / sqrt(inputs) give sums with a spread of 1.
"""

from math import sqrt


def init(inputs, neurons, rng):
    return [[rng.gauss(0, 20 / sqrt(inputs)) for _ in range(inputs)] for _ in range(neurons)]
