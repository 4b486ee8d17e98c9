"""One line: a sum for each row."""


def layer(W, x, b):
    return [sum(w * each for w, each in zip(row, x)) + bias for row, bias in zip(W, b)]
