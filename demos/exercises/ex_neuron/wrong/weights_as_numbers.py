"""The output hangs on the bias and the inputs, but not on the weights: taken as .data, they are numbers, and
backward() does not reach them.

Multiply with the Value itself: w * x.
"""

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
        return (sum(w.data * x for w, x in zip(self.w, row)) + self.b).tanh()

    def parameters(self):
        """Return all that training may change, in one list."""
        return [*self.w, self.b]
