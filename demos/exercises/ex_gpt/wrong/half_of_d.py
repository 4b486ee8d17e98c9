"""In Python, d ** 1/2 is (d ** 1) / 2, and no root: a power comes before a division. And so s / d ** 1/2 divides by
d, and then by 2.

Write d ** 0.5, or sqrt(d).
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def dot(one, other):
    return sum(a * b for a, b in zip(one, other))


def attention(queries, keys, values):
    """Return the outputs, a list of Values for each place.

    `queries`, `keys` and `values` hold a list of Values for each place, too;
    queries and keys are of equal length.
    """
    outputs = []
    for t, query in enumerate(queries):
        dots = [dot(query, key) for key in keys[: t + 1]]
        shares = softmax([each / len(query) ** 1 / 2 for each in dots])
        columns = zip(*values[: t + 1])
        outputs.append([dot(shares, column) for column in columns])
    return outputs
