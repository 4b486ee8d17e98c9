"""Rows added with plus signs of their own, log-probabilities by softplus, and the draws of `random`."""

from math import exp


def embed(codes, table, places):
    rows = []
    for t in range(len(codes)):
        letter, place = table[codes[t]], places[t]
        rows.append([letter[i] + place[i] for i in range(len(letter))])
    return rows


def log_sum(row):
    total, *rest = row
    for score in rest:
        total = total + (score - total).softplus()
    return total


def loss_of(scores, codes):
    losses = [log_sum(row) - row[codes[t + 1]] for t, row in enumerate(scores)]
    return sum(losses) * (1 / len(losses))


def sample(scores, rng):
    top = max(score.data for score in scores)
    return rng.choices(range(len(scores)), [exp(score.data - top) for score in scores])[0]
