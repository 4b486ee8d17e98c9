"""The weights are random, but every neuron has the same ones: one row was drawn and repeated. So the whole layer says
one thing, and only what follows it can slowly pull the neurons apart.

Draw a new row for each neuron, inside of the loop over the neurons.
"""

from math import sqrt


def init(inputs, neurons, rng):
    row = [rng.gauss(0, 1 / sqrt(inputs)) for _ in range(inputs)]
    return [list(row) for _ in range(neurons)]
