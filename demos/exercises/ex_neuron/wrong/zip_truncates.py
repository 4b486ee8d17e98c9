"""A row of another length gives an output as if nothing were wrong: zip stops at the shorter of the two, so weights
or inputs are silently left out.

Compare len(row) with len(self.w) and raise a ValueError, or write zip(self.w, row, strict=True).
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
