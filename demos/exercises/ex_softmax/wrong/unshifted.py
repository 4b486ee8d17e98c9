"""exp() of a score as it is: at 1000 it is too large for a float, and at -1000 every exp is rounded to 0, and so is
their sum.

Subtract the largest score of the row from all of them first. No probability changes.
"""


def softmax(scores):
    powers = [score.exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    losses = []
    for scores, right in zip(rows, classes):
        log_sum = sum(score.exp() for score in scores).log()
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
