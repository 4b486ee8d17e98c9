"""All weights are the same number. So all neurons are the same, they get the same gradient, and they stay the same,
however long you train.

Draw each weight anew from rng.
"""


def init(inputs, neurons, rng):
    return [[0.5] * inputs for _ in range(neurons)]
