"""The numbers are right, and have no past: computed from .data, they record no graph, so nothing could be trained.

Calculate with the Values themselves.
"""

from engine import Value


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for t, query in enumerate(queries):
        scores = [sum(q.data * k.data for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[: t + 1]]
        shares = [p.data for p in softmax([Value(score) for score in scores])]
        outputs.append([Value(sum(p * v.data for p, v in zip(shares, column))) for column in zip(*values[: t + 1])])
    return outputs
