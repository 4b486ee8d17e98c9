"""Gradients that are Values, from grad(): nothing is added to .grad, and nothing is to be cleared."""

from engine import grad


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        moves = [rate * g.data for g in grad(loss(), parameters)]
        for p, m in zip(parameters, moves):
            p.data -= m
