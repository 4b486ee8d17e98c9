"""`loss` is a function, and the Value is what it gives: the function itself has no backward().

Call it, with parentheses: loss().backward().
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= rate * p.grad
