"""parameters() gives new Values with the same numbers. Training would change these copies, and the neuron would stay
as it is.

Hand out the nodes themselves: [*self.w, self.b].
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
        return [Value(each.data) for each in [*self.w, self.b]]
