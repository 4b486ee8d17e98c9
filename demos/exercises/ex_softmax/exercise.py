"""Exercise: a stable softmax and cross-entropy.

A network gives one score for each class. Softmax makes probabilities of them:
p_i = exp(x_i) / Σ exp(x_j), where Σ adds up over all classes. The
cross-entropy is -log of the probability of the right class, averaged over the
rows: 0 for a network that is sure and right. Scores may be any numbers, and
exp(1000) is too large for a float, while exp(-1000) is rounded to 0, whose
logarithm does not exist. Subtracting one number from all scores of a row
changes no probability. And -log p_i is log(Σ exp(x_j)) - x_i, which needs no
p_i at all.

    scores            - the largest         exp              / their sum
    [1000, 999] ──→ [0, -1] ──→ [1, 0.37] ──→ [0.73, 0.27]
                      │
                      └──→ log(Σ exp(...)) - the right score ──→ loss
"""

from engine import Value


def softmax(scores):
    """Return the class probabilities, from one row's scores: Values."""
    raise NotImplementedError("TODO: shift, exponentiate, normalize")


def cross_entropy(rows, classes):
    """Return the mean of -log(probability of the row's class), a Value.

    `rows` holds the scores of each row, a list of Values; `classes` the right
    class of each row, counted from 0.
    """
    raise NotImplementedError("TODO: the mean of log(Σ exp(x)) - x[right]")


if __name__ == "__main__":
    scores = [Value(1000.0, "x1"), Value(999.0, "x2"), Value(0.0, "x3")]
    print("probabilities", [p.data for p in softmax(scores)])
    loss = cross_entropy([scores], [1])
    loss.backward()
    print("loss", loss.data, "gradients", [score.grad for score in scores])
