"""Each place looks one place too far, at the one right after it, which is just the one that it is to foretell.

A slice [:n] ends before n: keys[: t + 1] has the places 0 to t.
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
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[: t + 2]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 2])])
    return outputs
