"""Sums of Values that begin with a Value, and places counted by hand."""

from engine import Value


def softmax(scores):
    *_, biggest = sorted(x.data for x in scores)
    powers = {}
    for i, x in enumerate(scores):
        powers[i] = (x - biggest).exp()
    return tuple(powers[i] / sum(powers.values()) for i in powers)


def cross_entropy(rows, classes):
    loss = Value(0.0)
    for i in range(len(rows)):
        shifted = [x - max(rows[i]).data for x in rows[i]]
        loss += sum(x.exp() for x in shifted).log() - shifted[classes[i]]
    loss /= len(rows)
    return loss
