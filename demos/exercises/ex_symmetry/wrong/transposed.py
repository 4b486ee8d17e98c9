"""Rows and columns are swapped: this is a list for each input, with a number for each neuron.

Make a list for each neuron, with a number for each input.
"""

from math import sqrt


def init(inputs, neurons, rng):
    return [[rng.gauss(0, 1 / sqrt(inputs)) for _ in range(neurons)] for _ in range(inputs)]
