"""The scores themselves are used as shares. They may be negative, and do not add up to 1.

Send the scores of a place through softmax first.
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for t, query in enumerate(queries):
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[: t + 1]]
        shares = scores
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 1])])
    return outputs
