"""A neuron is a sum of products, a bias and a squashing function; the engine's
graph does the rest."""

from random import Random

from engine import Value


class Neuron:
    """h = tanh(Σ w·x + b). Its weights are the list `w`, its bias is `b`."""

    def __init__(self, inputs, rng):
        """Make a neuron with `inputs` weights; rng.uniform(-1, 1) draws one."""
        names = [f"w{place}" for place in range(inputs)]
        self.w = [Value(rng.uniform(-1, 1), name) for name in names]
        self.b = Value(0.0, "b")

    def __call__(self, row):
        """Return the output for one row of inputs, a Value."""
        if len(row) != len(self.w):
            raise ValueError(f"{len(row)} inputs for {len(self.w)} weights")
        return (sum(w * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        """Return all that training may change, in one list."""
        return [*self.w, self.b]


if __name__ == "__main__":
    neuron = Neuron(2, Random(0))
    h = neuron([Value(0.5, "x1"), 2.0])
    h.backward()
    print("output", h.data)
    for parameter in neuron.parameters():
        print(parameter)
