"""The probabilities are right, and have no past: computed from .data, they record no graph, so no gradient reaches
the scores.

Calculate with the Values themselves; only the number that you subtract may be taken from .data.
"""

import math

from engine import Value


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [math.exp(score.data - top) for score in scores]
    return [Value(power / sum(powers)) for power in powers]


def cross_entropy(rows, classes):
    losses = []
    for scores, right in zip(rows, classes):
        top = max(score.data for score in scores)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
