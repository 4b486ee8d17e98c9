"""A gate that is 0 or 1, and a return that comes early."""


def gate(x):
    return float(x > 0)


def relu(x):
    return x * gate(x)


def relu_backward(x, upstream):
    if x <= 0:
        return 0
    return upstream
