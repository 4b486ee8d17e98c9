"""Columns are taken for rows: W[j][i] is the weight that leads from input i to neuron j.

Go along a row of W for one output: W[i][0], W[i][1] and so on.
"""


def layer(W, x, b):
    return [sum(w * each for w, each in zip(column, x)) + bias for column, bias in zip(zip(*W), b)]
