"""What cannot learn is asked before the start. A bad start that also does not learn is called the wrong thing.

Look at the first loss first.
"""

from math import log


def first_loss(classes):
    """Return the cross-entropy of a network that knows nothing yet."""
    return log(classes)


def overfit(parameters, loss, rate, steps):
    """Take `steps` steps on a few rows. Return the first loss and the last."""
    first = loss().data
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad
    return first, loss().data


def verdict(first, last, classes):
    """Return "bad start", "cannot learn" or "ready"."""
    if last > 0.1 * first:
        return "cannot learn"
    return "bad start" if abs(first - first_loss(classes)) > 0.2 * first_loss(classes) else "ready"
