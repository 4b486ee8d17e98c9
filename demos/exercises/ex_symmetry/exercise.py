"""Exercise: a start that breaks the symmetry.

Neurons that start with the same weights, coming in and going out, give the
same output, get the same gradient, and take the same step: they stay the same
for ever, and a layer of them is worth one neuron. So weights start at random:
each different, as many above 0 as below, drawn from `rng`. Their size matters,
too. If the inputs are as often above 0 as below, with a spread (a standard
deviation) of 1, the weighted sum of a neuron should have a spread of about 1
again, from 0.3 to 3, whether there are 4 inputs or 400: larger sums drive tanh
to where it is flat, and smaller ones die out from layer to layer.

    x1 ──┬── 0.5 ──→ ○ ──┐                x1 ──┬──  0.7 ──→ ○ ──┐
         └── 0.5 ──→ ○ ──┴──→ output           └── -0.2 ──→ ○ ──┴──→ output

    always twice the same                 free to learn two things
"""

from math import sqrt, tanh
from random import Random


def init(inputs, neurons, rng):
    """Return a layer's weights: for each neuron a list, a number an input."""
    raise NotImplementedError("TODO: draw the weights")


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
