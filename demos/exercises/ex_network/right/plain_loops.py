"""Loops with an index, and squashing switched off at the end of the making."""

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
            neuron = Neuron(inputs, rng)
            neuron.squash = squash
            self.neurons.append(neuron)

    def __call__(self, row):
        outputs = [0] * len(self.neurons)
        for i in range(len(self.neurons)):
            outputs[i] = self.neurons[i](row)
        return outputs

    def parameters(self):
        found = []
        for neuron in self.neurons:
            found += neuron.w
            found.append(neuron.b)
        return found


class MLP:
    def __init__(self, inputs, sizes, rng):
        self.layers = []
        for i in range(len(sizes)):
            before = inputs if i == 0 else sizes[i - 1]
            self.layers.append(Layer(before, sizes[i], rng))
        for neuron in self.layers[-1].neurons:
            neuron.squash = False

    def __call__(self, row):
        hidden = row
        for i in range(len(self.layers)):
            hidden = self.layers[i](hidden)
        return hidden

    def parameters(self):
        found = []
        for layer in self.layers:
            found.extend(layer.parameters())
        return found
