"""The weights are drawn around a number other than 0, so most of them have the same sign. The products add up in one
direction, the more so the more inputs there are, and tanh is flat out there.

Draw around 0: the first argument of rng.gauss is the middle.
"""

from math import sqrt


def init(inputs, neurons, rng):
    """Return a layer's weights: for each neuron a list, a number an input."""
    size = 1 / sqrt(inputs)
    return [[rng.gauss(1, size) for _ in range(inputs)] for _ in range(neurons)]


def spread(numbers):
    """Return the standard deviation."""
    mean = sum(numbers) / len(numbers)
    return sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))
