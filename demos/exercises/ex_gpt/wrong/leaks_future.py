"""Every place looks at all places, the later ones among them. In training it would copy the next letter from there,
and when it writes, there is none to copy.

At place t, take keys[: t + 1] and values[: t + 1].
"""


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for query in queries:
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values)])
    return outputs
