"""The output has the right number and no past: computed from .data, it records no graph, and backward() reaches no
weight.

Calculate with the Values themselves: w * x, and .tanh() of the sum.
"""

import math

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        total = sum(w.data * (x.data if isinstance(x, Value) else x) for w, x in zip(self.w, row))
        return Value(math.tanh(total + self.b.data))

    def parameters(self):
        return [*self.w, self.b]
