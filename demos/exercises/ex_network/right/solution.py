"""A layer hands one row to all of its neurons, a network hands it from layer
to layer: that is all that depth is."""

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
        self.neurons = [Neuron(inputs, rng, squash) for _ in range(neurons)]

    def __call__(self, row):
        """Return the outputs for one row: a list, one for each neuron."""
        return [neuron(row) for neuron in self.neurons]

    def parameters(self):
        """Return the parameters of all its neurons, in one list."""
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    """A list, `layers`: each reads the outputs of the one before it."""

    def __init__(self, inputs, sizes, rng):
        """Make a layer for each of the sizes, which are numbers of neurons."""
        self.layers = []
        for place, size in enumerate(sizes):
            squash = place < len(sizes) - 1
            self.layers.append(Layer(inputs, size, rng, squash))
            inputs = size

    def __call__(self, row):
        """Return the outputs of the last layer for one row: a list."""
        for layer in self.layers:
            row = layer(row)
        return row

    def parameters(self):
        """Return the parameters of all its layers, in one list."""
        return [p for layer in self.layers for p in layer.parameters()]


if __name__ == "__main__":
    model = MLP(2, [3, 2], Random(0))
    print("outputs:   ", [output.data for output in model([0.5, -1.0])])
    print("parameters:", len(model.parameters()))
