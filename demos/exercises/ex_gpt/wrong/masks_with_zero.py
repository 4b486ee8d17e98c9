"""The scores of the future are set to 0, and exp(0) is 1: later places still get a share, whatever their keys are.

Leave the later places out, or set their scores to minus infinity: exp makes that 0.
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
        scores = [score if s <= t else score * 0 for s, score in enumerate(scores)]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values)])
    return outputs
