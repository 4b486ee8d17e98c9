"""parameters() leaves out the bias, so training will never change it.

A neuron has one parameter more than inputs: [*self.w, self.b].
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return self.w
