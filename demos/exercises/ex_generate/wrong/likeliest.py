"""The likeliest letter is returned every time. So the net would write the same word again and again.

Draw with rng: a letter of probability 0.3 should come in 3 of 10 draws.
"""

from math import exp


def embed(codes, table, places):
    return [[a + b for a, b in zip(table[c], place)] for c, place in zip(codes, places)]


def loss_of(scores, codes):
    losses = []
    for row, code in zip(scores, codes[1:]):
        top = max(score.data for score in row)
        log_sum = sum((score - top).exp() for score in row).log() + top
        losses.append(log_sum - row[code])
    return sum(losses) / len(losses)


def sample(scores, rng):
    top = max(score.data for score in scores)
    powers = [exp(score.data - top) for score in scores]
    return powers.index(max(powers))
