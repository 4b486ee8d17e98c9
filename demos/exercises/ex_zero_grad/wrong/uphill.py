"""You walk uphill: the loss grows with each step. A gradient points to where the loss rises.

Go against it: subtract rate * p.grad.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data += rate * p.grad
