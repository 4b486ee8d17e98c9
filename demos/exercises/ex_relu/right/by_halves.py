"""Without a branch: (x + |x|) / 2, whose slope follows from the slope of |x|; the kink is looked after first."""

import math


def relu(x):
    return (x + abs(x)) / 2


def relu_backward(x, upstream):
    if x == 0:
        return 0
    return upstream * (1 + math.copysign(1, x)) / 2
