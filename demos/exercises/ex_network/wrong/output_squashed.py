"""The last layer squashes, too: no output can leave the range from -1 to 1, so this network could not say 7.

Give squash=False to the last layer, and to the last one only; a layer hands `squash` on to its neurons.
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
    def __init__(self, inputs, neurons, rng, squash=True):
        self.neurons = [Neuron(inputs, rng, squash) for _ in range(neurons)]

    def __call__(self, row):
        return [neuron(row) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, inputs, sizes, rng):
        self.layers = []
        for size in sizes:
            self.layers.append(Layer(inputs, size, rng))
            inputs = size

    def __call__(self, row):
        for layer in self.layers:
            row = layer(row)
        return row

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
