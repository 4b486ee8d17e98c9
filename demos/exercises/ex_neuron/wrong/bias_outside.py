"""The bias is added after tanh, so the output leaves the range from -1 to 1, and the bias cannot move the place where
the neuron switches.

Add self.b to the sum, and squash the whole: (... + self.b).tanh().
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return sum(w * x for w, x in zip(self.w, row)).tanh() + self.b

    def parameters(self):
        return [*self.w, self.b]
