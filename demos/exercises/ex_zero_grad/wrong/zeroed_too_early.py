"""Nothing moves: at the step, all gradients are 0, so each parameter moves by rate * 0. That is so if you clear them
between backward() and the step, or if there is no backward().

Clear them before backward(), and leave them alone until the parameters have moved.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.grad = 0.0
        for p in parameters:
            p.data -= rate * p.grad
