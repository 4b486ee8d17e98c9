"""Random weights let neurons become different; a size that falls with √inputs
keeps their sums where tanh is not flat."""

from math import sqrt, tanh
from random import Random


def init(inputs, neurons, rng):
    """Return a layer's weights: for each neuron a list, a number an input."""
    size = 1 / sqrt(inputs)
    return [[rng.gauss(0, size) for _ in range(inputs)] for _ in range(neurons)]


def spread(numbers):
    """Return the standard deviation."""
    mean = sum(numbers) / len(numbers)
    return sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


if __name__ == "__main__":
    rng = Random(0)
    row = [rng.gauss(0, 1) for _ in range(100)]
    print(f"spread of the inputs {spread(row):.2f}")
    for layer in range(1, 6):
        weights = init(100, 100, rng)
        sums = [sum(w * x for w, x in zip(each, row)) for each in weights]
        row = [tanh(total) for total in sums]
        print(f"layer {layer}: of the sums {spread(sums):.2f}", end=", ")
        print(f"of the outputs {spread(row):.2f}")
