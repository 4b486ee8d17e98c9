"""All losses are noted; the ratios are compared."""

import math


def first_loss(classes):
    return -math.log(1 / classes)


def overfit(parameters, loss, rate, steps):
    losses = []
    for step in range(steps + 1):
        now = loss()
        losses.append(now.data)
        if step == steps:
            break
        for p in parameters:
            p.grad = 0
        now.backward()
        for p in parameters:
            p.data = p.data - rate * p.grad
    return losses[0], losses[-1]


def verdict(first, last, classes):
    ratio = first / math.log(classes)
    start = 0.8 <= ratio <= 1.2
    learned = last / first <= 0.1
    return ("ready" if learned else "cannot learn") if start else "bad start"
