"""This is the local derivative alone, 0 or 1. What goes back is upstream × local: an open gate lets the upstream
through, and not a 1.

Multiply by upstream.
"""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return 1.0 if x > 0 else 0.0
