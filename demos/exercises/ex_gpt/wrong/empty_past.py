"""The first place has nothing to look at: a slice [:t] ends before t, so at place 0 it is empty, and a softmax of
nothing does not exist.

A place looks at itself, too: keys[: t + 1], and the same for the values.
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
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[:t]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[:t])])
    return outputs
