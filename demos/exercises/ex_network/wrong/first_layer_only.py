"""The row passes through the first layer, and there it ends: `return` stands inside the loop.

Return after the loop, when the last layer has been called.
"""

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

    def __call__(self, row):  # noqa: RET503
        """Return the outputs of the last layer for one row: a list."""
        for layer in self.layers:
            return layer(row)

    def parameters(self):
        """Return the parameters of all its layers, in one list."""
        return [p for layer in self.layers for p in layer.parameters()]
