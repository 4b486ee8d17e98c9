"""One step is missing: range(1, steps) counts one less than range(steps).

Take exactly `steps` steps: for _ in range(steps).
"""


def train(parameters, loss, rate, steps):
    for _ in range(1, steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
