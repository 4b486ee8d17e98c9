"""Column by column: each input sends its share to all outputs."""


def layer(W, x, b):
    outputs = list(b)
    for j, each in enumerate(x):
        outputs = [output + row[j] * each for output, row in zip(outputs, W)]
    return outputs
