"""The largest score is taken off inside of the sum, but not off the score of the right class: the loss is too small
by the largest score.

Take the score of the right class from the shifted scores, too, or add the largest score to the logarithm again.
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
        log_sum = sum((score - top).exp() for score in scores).log()
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
