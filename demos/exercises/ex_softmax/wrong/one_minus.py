"""This is 1 - p, not -log p. It punishes a network that is sure and wrong hardly more than one that is unsure.

Take the logarithm: log(Σ exp(x)) - x of the right class.
"""


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    losses = [1 - softmax(scores)[right] for scores, right in zip(rows, classes)]
    return sum(losses) / len(losses)
