"""Queries and keys have changed places: here the key of t is compared with the queries of the places before it.

It is the query of place t that asks, and the keys that answer.
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for t, query in enumerate(keys):
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in queries[: t + 1]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 1])])
    return outputs
