"""The losses are those of all steps but the first, and one more: each is noted after its step.

Note loss.data before the parameters move: it is the loss of the place where the gradient was found.
"""

from engine import Value


def train(rows, steps, rate):
    """Fit w * x + b to rows of x and y. Return w, b and the losses."""
    w, b = Value(0.0, "w"), Value(0.0, "b")
    losses = []
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in rows:
            loss = loss + (w * x + b - y) ** 2
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
        b.data -= rate * b.grad
        losses.append(sum((w.data * x + b.data - y) ** 2 for x, y in rows))
    return w.data, b.data, losses
