"""A running sum: each place adds itself to what came before; log-shares from softplus; from the last place back."""


def dot(a, b):
    return sum(map(lambda x, y: x * y, a, b))


def mix(query, keys, values):
    """Return log(Σ exp(score)) and the mean of the values, weighted by softmax."""
    *before, key = keys
    score = dot(query, key) / len(query) ** 0.5
    if not before:
        return score, values[-1]
    log_sum, mixed = mix(query, before, values[:-1])
    share = (score - log_sum).sigmoid()  # of the last one, beside all before it
    return log_sum + (score - log_sum).softplus(), [m + share * (v - m) for m, v in zip(mixed, values[-1])]


def attention(queries, keys, values):
    if not queries:
        return []
    earlier = attention(queries[:-1], keys[:-1], values[:-1])
    return [*earlier, mix(queries[-1], keys, values)[1]]
