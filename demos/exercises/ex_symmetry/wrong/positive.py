"""All weights are positive: rng.random() lies between 0 and 1. So all neurons lean the same way, and none can hold
one input against another.

Draw around 0: rng.gauss(0, s), or rng.uniform(-a, a).
"""

from math import sqrt


def init(inputs, neurons, rng):
    return [[rng.random() / sqrt(inputs) for _ in range(inputs)] for _ in range(neurons)]
