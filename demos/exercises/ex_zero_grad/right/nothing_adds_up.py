"""The engine's grad gives gradients as results, and leaves those that are stored alone."""

from engine import grad


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        gradients = grad(loss(), parameters)
        for p, slope in zip(parameters, gradients):
            p.data -= rate * slope.data
