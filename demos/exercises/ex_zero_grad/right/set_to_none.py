"""Clears each gradient with None, as PyTorch does: it means 0.0."""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = None
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
