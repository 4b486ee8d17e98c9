"""The scores are divided by the root of the number of places. It is the length of a query that makes them large: a
dot product is a sum of so many terms.

Divide by len(query) ** 0.5.
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
        scores = [sum(q * k for q, k in zip(query, key)) / (t + 1) ** 0.5 for key in keys[: t + 1]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 1])])
    return outputs
