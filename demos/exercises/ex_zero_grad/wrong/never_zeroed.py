"""The gradients pile up. backward() adds to what the last step left in .grad, so the second step moves by the sum of
two gradients, the third by the sum of three.

Set the gradient of each parameter to 0 in every step, before backward().
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
