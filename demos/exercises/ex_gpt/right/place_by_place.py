"""A generator that remembers keys and values as it goes; softmax spelled out."""


def outputs(Q, K, V):
    seen = []
    for q, k, v in zip(Q, K, V):
        seen.append((k, v))
        weights = [(sum(a * b for a, b in zip(q, key)) * len(q) ** -0.5).exp() for key, _ in seen]
        yield [sum(w * val[i] for w, (_, val) in zip(weights, seen)) / sum(weights) for i in range(len(v))]


def attention(queries, keys, values):
    return list(outputs(queries, keys, values))
