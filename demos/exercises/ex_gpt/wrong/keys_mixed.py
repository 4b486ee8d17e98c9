"""The keys are mixed where the values should be: a key says what a place is found by, its value what it has to give.

Mix the columns of values[: t + 1].
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
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*keys[: t + 1])])
    return outputs
