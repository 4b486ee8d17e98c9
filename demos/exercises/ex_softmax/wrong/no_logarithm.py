"""This is the mean of the probabilities of the right classes. It is not a loss yet: it grows as the network gets
better.

Take -log of the probability, as log(Σ exp(x)) - x of the right class.
"""


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    found = [softmax(scores)[right] for scores, right in zip(rows, classes)]
    return sum(found) / len(found)
