"""The probability is kept from 0 by a smallest number, and with it the loss: where the network is sure and wrong, the
gradient is 0, just where it should be largest.

-log p is log(Σ exp(x)) - x of the right class: it is large there, right, and has a gradient.
"""


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    losses = [-softmax(scores)[right].maximum(1e-12).log() for scores, right in zip(rows, classes)]
    return sum(losses) / len(losses)
