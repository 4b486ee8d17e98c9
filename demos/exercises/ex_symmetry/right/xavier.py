"""Uniform within ±√(6 / (inputs + neurons)), in loops."""


def init(inputs, neurons, rng):
    limit = (6 / (inputs + neurons)) ** 0.5
    layer = []
    while len(layer) < neurons:
        row = []
        while len(row) < inputs:
            row.append(limit * (2 * rng.random() - 1))
        layer.append(row)
    return layer
