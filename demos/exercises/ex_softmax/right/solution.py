"""With the largest score taken off, no exp overflows, and the logarithm of the
sum of them is never that of 0."""

from engine import Value


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
        top = max(score.data for score in scores)
        log_sum = sum((score - top).exp() for score in scores).log() + top
        losses.append(log_sum - scores[right])
    return sum(losses) / len(losses)


if __name__ == "__main__":
    scores = [Value(1000.0, "x1"), Value(999.0, "x2"), Value(0.0, "x3")]
    print("probabilities", [p.data for p in softmax(scores)])
    loss = cross_entropy([scores], [1])
    loss.backward()
    print("loss", loss.data, "gradients", [score.grad for score in scores])
