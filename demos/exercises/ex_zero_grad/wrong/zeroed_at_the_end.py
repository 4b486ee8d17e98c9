"""All is well, but for the first step if the parameters still hold an old gradient, from a backward() before your
loop. You clear at the end of a step, and trust that it is clear at the beginning of the first.

Clear right before backward(). Then it does not matter what was there.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
        for p in parameters:
            p.grad = 0.0
