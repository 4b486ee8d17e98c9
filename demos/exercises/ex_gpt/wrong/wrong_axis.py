"""The softmax runs along the wrong axis: over the queries of one key, and not over the keys of one query. So the
shares of a place do not add up to 1.

One softmax for each query, over the scores of all the keys that it may see.
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    shares = []
    for s, key in enumerate(keys):
        column = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for query in queries[s:]]
        shares.append([0.0] * s + softmax(column))
    outputs = []
    for t in range(len(queries)):
        row = [shares[s][t] for s in range(t + 1)]
        outputs.append([sum(p * v for p, v in zip(row, column)) for column in zip(*values[: t + 1])])
    return outputs
