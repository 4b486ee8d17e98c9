"""The gradients are cleared before the first step and after each."""

from math import log

LEFT, FAR = 0.1, 0.2


def first_loss(classes):
    return log(classes)


def overfit(parameters, loss, rate, steps):
    first = last = loss().data
    for p in parameters:
        p.grad = 0.0
    for _ in range(steps):
        loss().backward()
        for p in parameters:
            p.data -= p.grad * rate
            p.grad = 0.0
        last = loss().data
    return first, last


def verdict(first, last, classes):
    if first > (1 + FAR) * log(classes) or first < (1 - FAR) * log(classes):
        return "bad start"
    if last <= LEFT * first:
        return "ready"
    return "cannot learn"
