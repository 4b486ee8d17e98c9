"""The size of the weights does not depend on the number of inputs, or grows with it. The more inputs there are, the
larger is their weighted sum, and tanh is flat for large sums: the gradient is nearly 0 there.

The spread of a sum of n numbers grows with √n: divide the weights by sqrt(inputs).
"""


def init(inputs, neurons, rng):
    return [[rng.uniform(-1, 1) for _ in range(inputs)] for _ in range(neurons)]
