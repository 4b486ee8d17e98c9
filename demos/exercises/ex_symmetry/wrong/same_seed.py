"""Every neuron draws from a new generator with the same seed, so all have the same weights, and so has every other
layer.

Use the rng that you were handed, for all of them: it goes on where it stopped.
"""

from math import sqrt
from random import Random


def init(inputs, neurons, rng):
    layer = []
    for _ in range(neurons):
        own = Random(0)
        layer.append([own.gauss(0, 1 / sqrt(inputs)) for _ in range(inputs)])
    return layer
