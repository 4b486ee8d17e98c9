"""There is no tanh: this is the weighted sum itself. Neurons without an activation, however many, can only draw
straight lines.

Return the sum's tanh: a Value has the method .tanh().
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return sum(w * x for w, x in zip(self.w, row)) + self.b

    def parameters(self):
        return [*self.w, self.b]
