"""Normal with a deviation of √(2 / inputs), drawn in one go and cut into rows."""

from math import sqrt


def init(inputs, neurons, rng):
    flat = [rng.normalvariate(0.0, sqrt(2.0 / inputs)) for _ in range(inputs * neurons)]
    return [tuple(flat[n * inputs : (n + 1) * inputs]) for n in range(neurons)]
