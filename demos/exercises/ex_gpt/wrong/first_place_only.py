"""There is an output for the first place alone: `return` stands inside the loop.

Return the list after the loop, when every place has its output.
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def dot(one, other):
    return sum(a * b for a, b in zip(one, other))


def attention(queries, keys, values):  # noqa: RET503
    """Return the outputs, a list of Values for each place.

    `queries`, `keys` and `values` hold a list of Values for each place, too;
    queries and keys are of equal length.
    """
    outputs = []
    for t, query in enumerate(queries):
        scale = len(query) ** 0.5
        dots = [dot(query, key) for key in keys[: t + 1]]
        shares = softmax([each / scale for each in dots])
        columns = zip(*values[: t + 1])
        outputs.append([dot(shares, column) for column in columns])
        return outputs
