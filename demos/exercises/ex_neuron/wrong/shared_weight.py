"""All inputs share one and the same weight: [Value(...)] * inputs repeats the node and makes no new ones.

Make a new Value for each input: [Value(...) for _ in range(inputs)].
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1))] * inputs
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
