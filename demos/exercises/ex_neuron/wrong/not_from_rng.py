"""The weights do not come from `rng`, so nobody can repeat a training: the same seed gives other weights every time.

Draw from the generator that you were handed, rng.uniform(-1, 1), not from the module random.
"""

import random

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
