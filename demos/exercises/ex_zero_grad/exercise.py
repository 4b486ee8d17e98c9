"""Exercise: a second step, and zero_grad.

You went downhill with one number; a model has many. They are its parameters,
leaves that may change, and its loss is one number that says how far off it is.
A step computes the loss at the parameters as they are now, finds the
gradients, and moves each parameter against its own, by rate times as much. But
backward() *adds* to the gradient of a leaf, as it must, since a leaf may be
used twice. What an earlier backward() has left is still there, unless you
clear it away, and the parameters that you are handed may hold something, too.
From here on, Value is the engine's; like yours, it has .data, .grad and
backward().

    ┌──→ loss() at the parameters now ──→ backward() adds to .grad ──┐
    │                                                                │
    └──────────── .data of each moves by -rate * .grad ←─────────────┘

             At which place in the circle must .grad be set to 0?
"""

from engine import Value


def train(parameters, loss, rate, steps):
    """Take `steps` steps downhill; loss() computes the loss now, a Value."""
    raise NotImplementedError("TODO: a loop of a few lines")


if __name__ == "__main__":
    w, b = Value(0.0, "w"), Value(0.0, "b")

    def loss():
        """Return the squared error of w * x + b at (1, 5) and (2, 7)."""
        return (w * 1.0 + b - 5.0) ** 2 + (w * 2.0 + b - 7.0) ** 2

    for _ in range(6):
        train([w, b], loss, rate=0.1, steps=50)
        print(f"w = {w.data:.4f}, b = {b.data:.4f}, loss = {loss().data:.6f}")
    print("The line through both points is 2 * x + 3.")
