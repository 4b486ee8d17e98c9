"""The exps are divided by the largest of them, so they do not add up to 1.

Divide each by the sum of all.
"""


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = max(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    losses = []
    for scores, right in zip(rows, classes):
        top = max(score.data for score in scores)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
