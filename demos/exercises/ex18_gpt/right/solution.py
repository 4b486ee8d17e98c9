"""What is not handed to the softmax cannot leak: each place mixes its own value with those before it, no others."""

from engine import Value


def softmax(scores):
    """Shares that add up to 1, as in exercise 16."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for t, query in enumerate(queries):
        scores = [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys[: t + 1]]
        shares = softmax(scores)
        outputs.append([sum(p * v for p, v in zip(shares, column)) for column in zip(*values[: t + 1])])
    return outputs


if __name__ == "__main__":
    # Three places: the letters of "abc" have keys and queries of two numbers, and values that say which letter it is.
    queries = [[Value(1.0), Value(0.0)], [Value(1.0), Value(1.0)], [Value(-1.0), Value(2.0)]]
    keys = [[Value(2.0), Value(1.0)], [Value(0.0), Value(1.0)], [Value(1.0), Value(-1.0)]]
    values = [[Value(float(i == j)) for j in range(3)] for i in range(3)]
    for place, output in enumerate(attention(queries, keys, values)):
        shares = ", ".join(f"{share.data:.2f} of {letter}" for letter, share in zip("abc", output))
        print(f"output {place}: {shares}")
