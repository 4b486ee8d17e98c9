"""A loop from the bias on, tanh written out, parameters kept in one list from the start."""

from engine import Value


class Neuron:
    def __init__(self, inputs, rng):
        self._all = [Value(0)]
        for _ in range(inputs):
            self._all.append(Value(rng.random() * 2 - 1))
        self.b = self._all[0]
        self.w = self._all[1:]

    def __call__(self, row):
        total = self.b
        for w, x in zip(self.w, row, strict=True):
            total = total + x * w
        e = (2 * total).exp()
        return (e - 1) / (e + 1)

    def parameters(self):
        return self._all
