"""Your relu turns a negative x into a positive number, as abs does. A rectifier shuts there: it gives 0.

Compare x with 0, and take the larger one.
"""


def relu(x):
    return abs(x)


def relu_backward(x, upstream):
    return upstream if x > 0 else -upstream
