"""The sizes in pairs, the layers applied by recursion, parameters as a generator."""

from engine import Value


class Neuron:
    """tanh(Σ w·x + b), or Σ w·x + b alone if `squash` is False."""

    def __init__(self, inputs, rng, squash=True):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(0.0)
        self.squash = squash

    def __call__(self, row):
        if len(row) != len(self.w):
            raise ValueError(f"a neuron with {len(self.w)} inputs was given {len(row)}")
        total = sum(w * x for w, x in zip(self.w, row)) + self.b
        return total.tanh() if self.squash else total

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, inputs, neurons, rng, squash=True):
        def make(_):
            return Neuron(inputs, rng, squash)

        self.neurons = tuple(map(make, range(neurons)))

    def __call__(self, row):
        return [*(neuron(row) for neuron in self.neurons)]

    def parameters(self):
        for neuron in self.neurons:
            yield from neuron.parameters()


class MLP:
    def __init__(self, inputs, sizes, rng):
        pairs = list(zip([inputs, *sizes], sizes))
        hidden = [Layer(a, b, rng) for a, b in pairs[:-1]]
        self.layers = [*hidden, Layer(*pairs[-1], rng, False)]

    def __call__(self, row):
        def through(layers, row):
            return through(layers[1:], layers[0](row)) if layers else row

        return through(self.layers, row)

    def parameters(self):
        for layer in self.layers:
            yield from layer.parameters()
