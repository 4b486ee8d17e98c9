"""Weights and inputs are added. Each weight multiplies its input.

Write w * each.
"""


def layer(W, x, b):
    return [sum(w + each for w, each in zip(row, x)) + bias for row, bias in zip(W, b)]
