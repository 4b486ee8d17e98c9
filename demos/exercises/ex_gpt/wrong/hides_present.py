"""A place does not look at itself, only at those before it: keys[:t] ends at t - 1. And the first place has nothing
left to look at.

Itself is among them: keys[: t + 1], and the same for the values.
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
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[: max(t, 1)]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: max(t, 1)])])
    return outputs
