"""The sum is divided by the number of classes, and the mean is over the rows.

Divide by len(rows).
"""


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    losses = []
    for scores, right in zip(rows, classes):
        top = max(score.data for score in scores)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(rows[0])
