"""Every layer is made for as many inputs as the network has. But a layer reads the outputs of the one before it.

After each layer, its size is the next one's number of inputs: inputs = size.
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
        for place, size in enumerate(sizes):
            self.layers.append(Layer(inputs, size, rng, squash=place < len(sizes) - 1))

    def __call__(self, row):
        for layer in self.layers:
            row = layer(row)
        return row

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
