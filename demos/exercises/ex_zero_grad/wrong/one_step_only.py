"""You take one step, however many are asked for. Often a `return` stands inside the loop and ends it in its first
round.

Repeat all four parts of a step, `steps` times.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps)[:1]:
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
