"""A sign and a size, each drawn by itself."""


def init(inputs, neurons, rng):
    size = inputs**-0.5
    rows = []
    for _ in range(neurons):
        row = []
        for _ in range(inputs):
            row += [rng.choice([-1, 1]) * rng.uniform(0.5, 1.5) * size]
        rows.append(row)
    return rows
