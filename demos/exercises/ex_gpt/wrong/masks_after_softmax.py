"""The future is taken out after the softmax, so the shares that are left no longer add up to 1; and the later keys
still had their part in the sum below.

Take the future out before the softmax: hand it the scores of the places 0 to t alone.
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
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 1])])
    return outputs
