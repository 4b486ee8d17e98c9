"""The bias is not in the sum. Without it, a row of zeros gives 0 whatever the neuron has learned.

Add self.b to the weighted sum, before tanh.
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return sum(w * x for w, x in zip(self.w, row)).tanh()

    def parameters(self):
        return [*self.w, self.b]
