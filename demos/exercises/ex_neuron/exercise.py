"""Exercise: a neuron.

A neuron weighs its inputs, adds its bias, and squashes the sum to between -1
and 1: h = tanh(w1·x1 + w2·x2 + ... + b). The weights and the bias are Values
of the engine, so that backward() finds how each of them should change. The
weights start as random numbers between -1 and 1, one drawn from `rng` for each
input; the bias starts at 0. A row of inputs may hold numbers or Values; a row
that is too short or too long is a mistake of the caller, so raise a
ValueError.

    x1 ──── × w1 ──┐
                   │
    x2 ──── × w2 ──┼──── + ──── tanh ────→ h
                   │
    b ─────────────┘
"""

from random import Random

from engine import Value


class Neuron:
    """h = tanh(Σ w·x + b). Its weights are the list `w`, its bias is `b`."""

    def __init__(self, inputs, rng):
        """Make a neuron with `inputs` weights; rng.uniform(-1, 1) draws one."""
        raise NotImplementedError("TODO: set self.w and self.b")

    def __call__(self, row):
        """Return the output for one row of inputs, a Value."""
        raise NotImplementedError("TODO")

    def parameters(self):
        """Return all that training may change, in one list."""
        raise NotImplementedError("TODO")


if __name__ == "__main__":
    neuron = Neuron(2, Random(0))
    h = neuron([Value(0.5, "x1"), 2.0])
    h.backward()
    print("output", h.data)
    for parameter in neuron.parameters():
        print(parameter)
