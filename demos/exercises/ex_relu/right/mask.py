"""A mask of 0 or 1, made once and used on both ways."""


def mask(x):
    return float(x > 0)


def relu(x):
    return x * mask(x)


def relu_backward(x, upstream):
    return upstream * mask(x)
