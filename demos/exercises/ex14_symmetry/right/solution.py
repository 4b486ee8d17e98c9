"""Random weights let neurons become different; a size that falls with √inputs keeps their sums where tanh is not
flat."""

from math import sqrt, tanh
from random import Random


def init(inputs, neurons, rng):
    """The weights of a layer at the start: a list for each neuron, with one number for each input."""
    return [[rng.gauss(0, 1 / sqrt(inputs)) for _ in range(inputs)] for _ in range(neurons)]


def spread(numbers):
    """The standard deviation."""
    mean = sum(numbers) / len(numbers)
    return sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


if __name__ == "__main__":
    rng = Random(0)
    row = [rng.gauss(0, 1) for _ in range(100)]
    print(f"inputs    spread {spread(row):.2f}")
    for layer in range(1, 6):
        sums = [sum(w * x for w, x in zip(weights, row)) for weights in init(100, 100, rng)]
        row = [tanh(total) for total in sums]
        print(f"layer {layer}   spread of the sums {spread(sums):.2f}, of the outputs {spread(row):.2f}")
