"""Two mistakes are left: w.data in the loss is a plain number, so no gradient comes back to w, and w never moves; and
b goes along its gradient, which is uphill.

Write w where w.data stands in the loss: the graph needs the node. Write -= for b, too.
"""

from engine import Value


def train(rows, steps, rate):
    """Fit w * x + b to rows of x and y. Return w, b and the losses."""
    w, b = Value(0.0, "w"), Value(0.0, "b")
    losses = []
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in rows:
            loss = loss + (w.data * x + b - y) ** 2
        losses.append(loss.data)
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
        b.data += rate * b.grad
    return w.data, b.data, losses
