"""Every product is squashed by itself. A neuron weighs all its inputs first, and decides on their sum.

Add up the products and the bias, and take the tanh of that sum, once.
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return sum((w * x).tanh() for w, x in zip(self.w, row)) + self.b

    def parameters(self):
        return [*self.w, self.b]
