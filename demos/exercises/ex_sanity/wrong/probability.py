"""This is the probability of blind guessing, 1 / K. The loss is -log of it.

Return log(classes).
"""


def first_loss(classes):
    """Return the cross-entropy of a network that knows nothing yet."""
    return 1 / classes


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
    if abs(first - first_loss(classes)) > 0.2 * first_loss(classes):
        return "bad start"
    return "cannot learn" if last > 0.1 * first else "ready"
