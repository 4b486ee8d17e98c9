"""You put the upstream through ReLU. But a gradient may well be negative, and the gate does not look at it: it is
open or shut according to x, the number that went in.

Ask whether x is above 0, and let the upstream through with its sign.
"""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return upstream if upstream > 0 else 0.0
