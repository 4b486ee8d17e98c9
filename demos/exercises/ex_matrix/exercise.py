"""Exercise: a layer is a matrix.

Each neuron of a layer has its own weights, one for each input, and its bias.
Write the weights of a neuron as a row, and the rows below each other: that is
a matrix W, which has a row for each neuron and a column for each input. The
output of a neuron is its row times the inputs, place by place, added up, plus
its bias. All outputs together are called W · x + b. You write it with single
Values; compile() finds the matrix in them, and calculates with whole arrays.

         x1  x2                    output 1 = w11 * x1 + w12 * x2 + b1
    W = [w11 w12]   b = [b1]       output 2 = w21 * x1 + w22 * x2 + b2
        [w21 w22]       [b2]
"""

from engine import Value, compile


def layer(W, x, b):
    """Return W · x + b: one Value for each row of W."""
    raise NotImplementedError("TODO: a sum for each row, and its bias")


if __name__ == "__main__":
    W = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    x, b = [Value(10.0), Value(1.0)], [Value(0.0), Value(100.0)]
    outputs = layer(W, x, b)
    print([output.data for output in outputs], "should be [12.0, 134.0]")
    print(compile(outputs, x, [*W[0], *W[1], *b]))  # find the @ in it
