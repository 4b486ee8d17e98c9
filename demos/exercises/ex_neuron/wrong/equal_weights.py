"""All weights start with the same number, so the neuron cannot tell its inputs apart at first. Random numbers were
asked for.

Draw each weight anew: Value(rng.uniform(-1, 1)), inside of the list comprehension.
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        start = rng.uniform(-1, 1)
        self.w = [Value(start) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
