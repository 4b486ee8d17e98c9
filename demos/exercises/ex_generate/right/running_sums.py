"""Sums of the chances as steps of a stair; a draw finds its step."""

from bisect import bisect
from itertools import accumulate
from math import exp


def embed(codes, table, places):
    return tuple(tuple(map(lambda a, b: a + b, table[c], p)) for c, p in zip(codes, places))


def softmax(row):
    top = max(score.data for score in row)
    powers = [(score - top).exp() for score in row]
    return [power / sum(powers) for power in powers]


def loss_of(scores, codes):
    total = 0
    for row, right in zip(scores, codes[1:]):
        shifted = [score - max(each.data for each in row) for score in row]
        total += sum(each.exp() for each in shifted).log() - shifted[right]
    return total / len(scores)


def sample(scores, rng):
    top = max(score.data for score in scores)
    stairs = [*accumulate(exp(score.data - top) for score in scores)]
    return min(bisect(stairs, rng.uniform(0, stairs[-1])), len(scores) - 1)
