"""Nothing moves. You clear the gradients between backward() and the step, so that each parameter moves by rate * 0.

Clear them before backward(), and leave them alone until the parameters have moved.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.grad = 0.0
        for p in parameters:
            p.data -= rate * p.grad
