"""Your gate is open where it should be shut. Above 0, relu(x) is x and moves with it; below 0 it stays at 0.

Exchange the two cases.
"""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return upstream if x < 0 else 0.0
