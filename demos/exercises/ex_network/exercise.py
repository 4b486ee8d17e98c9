"""Exercise: a layer and an MLP.

A layer is neurons side by side: each reads the whole row and has weights of
its own, so a row of inputs becomes a row of outputs, one from each neuron. A
multilayer perceptron (MLP) is a sequence of layers: each reads the outputs of
the one before it. `sizes` holds the number of neurons in each layer. All
neurons pass their sum through tanh, except those of the last layer, whose
outputs may be any number. The neuron is given below.

           layer 1          layer 2
    x1 ──┬──→ ○ ──┬───┬───→ ○ ──→ output 1      MLP(2, [3, 2], rng):
         ├──→ ○ ──┤   │                         2 inputs, 3 hidden neurons,
    x2 ──┴──→ ○ ──┴───┴───→ ○ ──→ output 2      2 outputs, 17 parameters
              tanh          no tanh
"""

from random import Random

from engine import Value


class Neuron:
    """tanh(Σ w·x + b), or Σ w·x + b alone if `squash` is False."""

    def __init__(self, inputs, rng, squash=True):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)
        self.squash = squash

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError(f"{len(row)} inputs for {len(self.w)} weights")
        total = sum(w * x for w, x in zip(self.w, row)) + self.b
        return total.tanh() if self.squash else total

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    """Neurons side by side, in the list `neurons`."""

    def __init__(self, inputs, neurons, rng, squash=True):
        """Make `neurons` neurons, each with `inputs`, `rng` and `squash`."""
        raise NotImplementedError("TODO: set self.neurons")

    def __call__(self, row):
        """Return the outputs for one row: a list, one for each neuron."""
        raise NotImplementedError("TODO")

    def parameters(self):
        """Return the parameters of all its neurons, in one list."""
        raise NotImplementedError("TODO")


class MLP:
    """A list, `layers`: each reads the outputs of the one before it."""

    def __init__(self, inputs, sizes, rng):
        """Make a layer for each of the sizes, which are numbers of neurons."""
        raise NotImplementedError("TODO: set self.layers")

    def __call__(self, row):
        """Return the outputs of the last layer for one row: a list."""
        raise NotImplementedError("TODO")

    def parameters(self):
        """Return the parameters of all its layers, in one list."""
        raise NotImplementedError("TODO")


if __name__ == "__main__":
    model = MLP(2, [3, 2], Random(0))
    print("outputs:   ", [output.data for output in model([0.5, -1.0])])
    print("parameters:", len(model.parameters()))
