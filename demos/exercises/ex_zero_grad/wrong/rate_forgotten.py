"""You move by the whole gradient. A gradient tells the direction, and how steep it is there; the rate says how far to
go.

Multiply the gradient by rate.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= p.grad
