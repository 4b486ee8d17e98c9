"""Exercise: a tiny GPT that writes.

A GPT turns letters into numbers, lets the places look back, and gives a score
to each letter that may come next. You have written the part in the middle. Now
its two ends. Embedding: a letter is the row of a table, and a place has a row,
too; their numbers are added, so the net knows what stands where. Loss: at each
place, the letter that comes next is the right class. Sampling: the next letter
is drawn by its probability, not always the likeliest; then the word, one
letter longer, goes in again. Run this file: it learns a word, and writes.

    letters ─→ embed ─→ attention ─→ scores ─→ loss_of      to learn
       ↑                                └────→ sample ──┐   to write
       └────────────── one letter more ─────────────────┘
"""

from random import Random

from engine import Value


def softmax(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attention(queries, keys, values):
    outputs = []
    for t, query in enumerate(queries):
        dots = [sum(q * k for q, k in zip(query, key)) for key in keys[: t + 1]]
        shares = softmax([dot / len(query) ** 0.5 for dot in dots])
        columns = zip(*values[: t + 1])
        outputs.append([sum(s * v for s, v in zip(shares, c)) for c in columns])
    return outputs


def linear(matrix, x):
    return [sum(w * each for w, each in zip(row, x)) for row in matrix]


def embed(codes, table, places):
    """Return a list of Values for each letter: its row and its place's, added.

    `codes` holds the number of each letter, which is its row in `table`;
    `places` has a row for each place. Both hold Values.
    """
    raise NotImplementedError("TODO: two rows, added")


def loss_of(scores, codes):
    """Return the mean of -log(probability of the next letter), a Value.

    scores[t] are those of the letter that comes after place t: codes[t + 1].
    """
    raise NotImplementedError("TODO: cross-entropy, one place ahead")


def sample(scores, rng):
    """Draw the number of a letter, by the probabilities of the scores."""
    raise NotImplementedError("TODO: softmax, and a draw with rng")


if __name__ == "__main__":
    rng = Random(0)

    def weights(rows, columns=4):
        rows = [range(columns)] * rows
        numbers = [[rng.gauss(0, 0.4) for _ in row] for row in rows]
        return [[Value(number) for number in row] for row in numbers]

    LETTERS, WORD = ".abn", ".banana."  # a dot begins and ends a word
    codes = [LETTERS.index(letter) for letter in WORD]
    table, places = weights(len(LETTERS)), weights(len(WORD))
    query, key, answer = weights(4), weights(4), weights(len(LETTERS), 8)
    matrices = (table, places, query, key, answer)
    parameters = [w for matrix in matrices for row in matrix for w in row]

    def scores_of(codes):
        """Return the scores of the next letter, at each place."""
        rows = embed(codes, table, places)
        queries, keys = ([linear(m, row) for row in rows] for m in (query, key))
        mixed = zip(rows, attention(queries, keys, rows))
        return [linear(answer, [*row, *past]) for row, past in mixed]

    for step in range(61):
        for p in parameters:
            p.grad = 0.0
        loss = loss_of(scores_of(codes[:-1]), codes)
        loss.backward()
        for p in parameters:
            p.data -= 0.5 * p.grad
        if step % 20 == 0:
            print(f"step {step:2}: loss {loss.data:.3f}")
    written = codes[:1]
    while len(written) < len(WORD):
        written.append(sample(scores_of(written)[-1], rng))
    print("it writes", "".join(LETTERS[code] for code in written))
