"""The first layer, and an MLP of those that are left."""

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
        self.neurons = []
        for _ in range(neurons):
            self.neurons.append(Neuron(inputs, rng, squash))

    def __call__(self, row):
        out = []
        for n in self.neurons:
            out += [n(row)]
        return out

    def parameters(self):
        ps = []
        for n in self.neurons:
            ps += n.w
            ps.append(n.b)
        return ps


def build(inputs, sizes, rng):
    if not sizes:
        return []
    first, *rest = sizes
    layer = Layer(inputs, first, rng, bool(rest))
    return [layer, *build(first, rest, rng)]


class MLP:
    def __init__(self, inputs, sizes, rng):
        self.layers = build(inputs, sizes, rng)

    def __call__(self, row, at=0):
        return row if at == len(self.layers) else self(self.layers[at](row), at + 1)

    def parameters(self):
        ps = []
        for layer in self.layers:
            ps.extend(layer.parameters())
        return ps
