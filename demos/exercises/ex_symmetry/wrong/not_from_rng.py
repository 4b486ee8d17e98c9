"""The weights do not come from rng, so the same seed gives other weights each time, and nobody can repeat your
training.

Write rng.gauss(...), not random.gauss(...).
"""

import random
from math import sqrt


def init(inputs, neurons, rng):
    return [[random.gauss(0, 1 / sqrt(inputs)) for _ in range(inputs)] for _ in range(neurons)]
