"""The sign is wrong: this is the mean of log p, which is negative. Whoever minimizes it makes the right classes less
likely.

Turn the difference around: log(Σ exp(x)) - x of the right class.
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
        losses.append(scores[right] - log_sum)
    return sum(losses) / len(losses)
