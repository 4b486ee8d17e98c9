"""The bias is added once for each input, because it stands inside the sum.

Close the sum first, sum(w * x for ...), and add self.b once after it.
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return sum(w * x + self.b for w, x in zip(self.w, row)).tanh()

    def parameters(self):
        return [*self.w, self.b]
