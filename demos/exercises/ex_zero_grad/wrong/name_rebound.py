"""Nothing moves. `p = p - ...` makes a new Value and calls it p; the parameter, which the loss knows, stays as it
was.

Change the number inside the parameter: p.data.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p = p - rate * p.grad  # noqa: PLW2901
