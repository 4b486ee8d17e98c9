"""Each neuron has one weight, drawn once and repeated for all of its inputs: [number] * inputs repeats the number. So
no neuron can tell its inputs apart.

Draw each weight anew: [rng.gauss(0, size) for _ in range(inputs)].
"""

from math import sqrt


def init(inputs, neurons, rng):
    """Return a layer's weights: for each neuron a list, a number an input."""
    size = 1 / sqrt(inputs)
    return [[rng.gauss(0, size)] * inputs for _ in range(neurons)]


def spread(numbers):
    """Return the standard deviation."""
    mean = sum(numbers) / len(numbers)
    return sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))
