"""A row of W is a neuron: its output is the row times the inputs, added up,
plus a bias. W · x + b says this for all neurons at once.
"""

from engine import Value, compile


def layer(W, x, b):
    """Return W · x + b: one Value for each row of W."""
    outputs = []
    for row, bias in zip(W, b):
        total = bias
        for w, each in zip(row, x):
            total = total + w * each
        outputs.append(total)
    return outputs


if __name__ == "__main__":
    W = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    x, b = [Value(10.0), Value(1.0)], [Value(0.0), Value(100.0)]
    outputs = layer(W, x, b)
    print([output.data for output in outputs], "should be [12.0, 134.0]")
    print(compile(outputs, x, [*W[0], *W[1], *b]))  # find the @ in it
