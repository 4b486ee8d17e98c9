"""The gradients are cleared with None, and None is no number: a Value whose gradient is None gets none from
backward(), as a constant does.

Clear with 0: p.grad = 0.0.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = None
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
