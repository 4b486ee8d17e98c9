"""All weights start at 0. Neurons that start alike stay alike; and with zeros in the next layer, too, nothing is
learned.

Draw each weight: Value(rng.uniform(-1, 1)).
"""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self.w = [Value(0.0) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError("another number of inputs")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]
