"""backward() of each row: gradients of the rows add up, as they must within a step."""

from engine import Value


def train(rows, steps, rate):
    w, b = Value(0.0), Value(0.0)
    losses = []
    for _ in range(steps):
        w.grad, b.grad, total = 0.0, 0.0, 0.0
        for x, y in rows:
            part = (w * x + b - y) ** 2
            part.backward()
            total += part.data
        losses.append(total)
        for p in (w, b):
            p.data = p.data - rate * p.grad
    return w.data, b.data, losses
