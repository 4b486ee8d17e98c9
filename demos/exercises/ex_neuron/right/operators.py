"""map and reduce, a tuple of parameters, and the exception raised by hand for other lengths."""

from functools import reduce
from operator import add, mul

from engine import Value


def dot(a, b):
    if len(a) - len(b):
        raise ValueError("these two do not go together")
    return reduce(add, map(mul, a, b))


class Neuron:
    def __init__(self, inputs, rng):
        self.w, self.b = tuple(Value(rng.triangular(-1, 1)) for _ in range(inputs)), Value(0.0)

    def __call__(self, row):
        z = self.b + dot(self.w, row)
        return Value.tanh(z)

    def parameters(self):
        yield from self.w
        yield self.b
