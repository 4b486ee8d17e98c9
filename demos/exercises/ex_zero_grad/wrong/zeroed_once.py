"""You clear the gradients once, before the loop. The first step is right; from the second on, backward() adds to what
the step before has left.

Move the clearing into the loop, so that it happens in every step, before backward().
"""


def train(parameters, loss, rate, steps):
    for p in parameters:
        p.grad = 0.0
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
