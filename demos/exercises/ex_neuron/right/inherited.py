"""A neuron that is a kind of weighted sum; parameters from a generator."""

from random import Random

from engine import Value


class Unit:
    def weighted(self, row):
        s = self.b
        for i in range(len(row)):
            s = s + row[i] * self.w[i]
        return s


class Neuron(Unit):
    def __init__(self, inputs: int, rng: Random):
        self.b = Value(0)
        self.w = list(map(Value, (rng.random() * 2 - 1 for _ in range(inputs))))

    def __call__(self, row):
        if not len(row) == len(self.w):
            raise ValueError("wrong length")
        return self.weighted(row).tanh()

    def parameters(self):
        yield from self.w
        yield self.b
