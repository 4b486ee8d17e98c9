"""Exercise: a tiny GPT, blind to the future.

A GPT reads letters and says, at each place, which letter may come next. In
training it sees a whole word at once, and then a place that looked at later
places would copy the answer. In attention, each place has a query, a key and a
value. The place t compares its query with the keys of the places 0 to t, which
include its own, but none after it: score = (query · key) / √d, where query ·
key is the sum of the products of their numbers, and d is how many numbers a
query has. Softmax turns these scores into attention weights, which add up to
1. The output at t is the sum of the values of these places, each times its
weight.

               key 0  key 1  key 2
    query 0      ●      ·      ·       ──→ output 0: value 0 alone
    query 1      ●      ●      ·       ──→ output 1: values 0 and 1, mixed
    query 2      ●      ●      ●       ──→ output 2: values 0, 1 and 2, mixed

    ● a score; softmax over each line      · the future: never looked at
"""

from engine import Value


def softmax(scores):
    """Return the softmax of the scores."""
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    """Return the outputs, a list of Values for each place.

    `queries`, `keys` and `values` hold a list of Values for each place, too;
    queries and keys are of equal length.
    """
    raise NotImplementedError("TODO: score, softmax, mix; no future")


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
