"""These are the local derivatives alone. What a node passes on is upstream × local: without the factor `upstream`,
every node would act as if it were the root.

Multiply each local derivative by `upstream`, and try a node whose upstream is not 1.
"""


def add_backward(x, y, upstream):
    return 1.0, 1.0


def mul_backward(x, y, upstream):
    return y, x
