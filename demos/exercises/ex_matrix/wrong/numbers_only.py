"""The numbers are right, but they are made of .data, so no gradient comes back to W, x and b.

Calculate with the Values themselves.
"""


def layer(W, x, b):
    return [sum(w.data * each.data for w, each in zip(row, x)) + bias.data for row, bias in zip(W, b)]
