"""A draw as a race: to each score a random delay is added, and the largest sum wins."""

from math import log

from engine import Value


def embed(codes, table, places):
    return [[letter + place for letter, place in zip(table[code], places[t])] for t, code in enumerate(codes)]


def loss_of(scores, codes):
    mean = Value(0.0)
    for row, right in zip(scores, codes[1:]):
        largest = max(row, key=lambda score: score.data)
        mean = mean + (sum((score - largest).exp() for score in row).log() + largest - row[right]) / len(scores)
    return mean


def sample(scores, rng):
    race = [score.data - log(-log(rng.random() or 1e-300)) for score in scores]
    return race.index(max(race))
