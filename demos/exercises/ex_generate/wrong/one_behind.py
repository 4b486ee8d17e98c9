"""The draw is one letter too far: the part in which the random number falls is counted from 1.

Return the number of the part itself, counted from 0.
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
    left = rng.random() * sum(powers)
    for number, power in enumerate(powers):
        left -= power
        if left < 0:
            return (number + 1) % len(powers)
    return 0
