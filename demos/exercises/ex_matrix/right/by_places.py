"""Places counted by hand; the bias is added in the end; a tuple."""

from engine import Value


def layer(W, x, b):
    outputs = [Value(0.0) for _ in W]
    for i in range(len(W)):
        for j in range(len(x)):
            outputs[i] = outputs[i] + x[j] * W[i][j]
        outputs[i] = outputs[i] + b[i]
    return tuple(outputs)
