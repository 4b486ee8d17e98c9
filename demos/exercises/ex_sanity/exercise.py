"""Exercise: two checks before a training.

Before you train for an hour, take a minute. First: a network that knows
nothing gives each of its K classes the probability 1 / K, so its cross-entropy
is -log(1 / K). If the first loss is far from that, the start is bad: weights
that are too large, or a wrong loss. Second: train on four rows only. Any sound
network can learn four rows by heart, so its loss falls to nearly nothing. If
it does not, something is broken, and more data will not mend it. The verdict
is "bad start" if the first loss is more than 20 % away from that of blind
guessing; else "cannot learn" if more than a tenth of the first loss is left;
else "ready".

    first loss ── near log(K)? ──→ four rows ── nearly 0? ──→ "ready"
                       │ no                          │ no
                  "bad start"                 "cannot learn"
"""

from engine import Value


def first_loss(classes):
    """Return the cross-entropy of a network that knows nothing yet."""
    raise NotImplementedError("TODO: one line, with log")


def overfit(parameters, loss, rate, steps):
    """Take `steps` steps on a few rows. Return the first loss and the last.

    loss() computes the loss now, a Value; the two losses are plain numbers.
    """
    raise NotImplementedError("TODO: the training loop")


def verdict(first, last, classes):
    """Return "bad start", "cannot learn" or "ready"."""
    raise NotImplementedError("TODO: two comparisons")


if __name__ == "__main__":
    ROWS = [(-2.0, 0), (-1.0, 0), (1.0, 1), (2.0, 1)]
    w, b = Value(0.0, "w"), Value(0.0, "b")

    def loss():
        """Return the cross-entropy of a neuron on four rows, two classes."""
        scores = [(w * x + b) * (1 - 2 * right) for x, right in ROWS]
        return sum(score.softplus() for score in scores) / len(ROWS)

    first, last = overfit([w, b], loss, rate=1.0, steps=50)
    print(f"first loss {first:.4f}, of blind guessing {first_loss(2):.4f}")
    print(f"after 50 steps {last:.4f}:", verdict(first, last, 2))
