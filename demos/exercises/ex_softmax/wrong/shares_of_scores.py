"""The scores themselves are divided by their sum, without exp. Scores may be negative, and probabilities may not.

Take exp() of the shifted scores first, then divide by the sum of these.
"""


def softmax(scores):
    total = sum(scores)
    return [score / total for score in scores]


def cross_entropy(rows, classes):
    losses = []
    for scores, right in zip(rows, classes):
        top = max(score.data for score in scores)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
