"""The first loss is computed after the steps, so it is the last one, too.

Compute it before the loop.
"""

from math import log


def first_loss(classes):
    """Return the cross-entropy of a network that knows nothing yet."""
    return log(classes)


def overfit(parameters, loss, rate, steps):
    """Take `steps` steps on a few rows. Return the first loss and the last."""
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
    return loss().data, loss().data


def verdict(first, last, classes):
    """Return "bad start", "cannot learn" or "ready"."""
    if abs(first - first_loss(classes)) > 0.2 * first_loss(classes):
        return "bad start"
    return "cannot learn" if last > 0.1 * first else "ready"
