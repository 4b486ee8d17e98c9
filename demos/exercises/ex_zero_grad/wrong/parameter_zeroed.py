"""You set the parameters themselves to 0, not their gradients: what was learned is thrown away in each step.

A Value has two numbers, .data and .grad. Clear .grad.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.data = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
