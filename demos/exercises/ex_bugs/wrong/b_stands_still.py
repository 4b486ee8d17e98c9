"""b never moves: no step is taken with its gradient, or it has none.

b.data -= rate * b.grad, as for w.
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
        losses.append(loss.data)
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
    return w.data, b.data, losses
