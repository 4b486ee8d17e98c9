"""You take one step more than was asked for.

Take exactly `steps` steps: range(steps) counts that many, from 0 to steps - 1.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps + 1):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
