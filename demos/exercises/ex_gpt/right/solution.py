"""What is not handed to the softmax cannot leak: each place mixes its own
value with those before it, no others."""

from engine import Value


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def dot(one, other):
    return sum(a * b for a, b in zip(one, other))


def attention(queries, keys, values):
    """Return the outputs, a list of Values for each place.

    `queries`, `keys` and `values` hold a list of Values for each place, too;
    queries and keys are of equal length.
    """
    outputs = []
    for t, query in enumerate(queries):
        scale = len(query) ** 0.5
        dots = [dot(query, key) for key in keys[: t + 1]]
        shares = softmax([each / scale for each in dots])
        columns = zip(*values[: t + 1])
        outputs.append([dot(shares, column) for column in columns])
    return outputs


if __name__ == "__main__":

    def recorded(rows):
        return [[Value(number) for number in row] for row in rows]

    # Three places, the letters of "abc": their values say which letter it is.
    queries = recorded([[1.0, 0.0], [1.0, 1.0], [-1.0, 2.0]])
    keys = recorded([[2.0, 1.0], [0.0, 1.0], [1.0, -1.0]])
    values = recorded([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    for place, output in enumerate(attention(queries, keys, values)):
        shares = [f"{p.data:.2f} of {c}" for c, p in zip("abc", output)]
        print(f"output {place}: {', '.join(shares)}")
