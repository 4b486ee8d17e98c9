"""All weights are 0. All neurons give 0 and get the gradient 0, so not even training can tell them apart: nothing
moves.

Draw random numbers from rng.
"""


def init(inputs, neurons, rng):
    return [[0.0] * inputs for _ in range(neurons)]
