"""No rule at all: the local derivatives are measured with a nudge, which is exact for sums and products."""


def nudged(rule, x, y, upstream):
    to_x = (rule(x + 0.5, y) - rule(x - 0.5, y)) * upstream
    to_y = (rule(x, y + 0.5) - rule(x, y - 0.5)) * upstream
    return [to_x, to_y]


def add_backward(x, y, upstream):
    return nudged(lambda a, b: a + b, x, y, upstream)


def mul_backward(x, y, upstream):
    return nudged(lambda a, b: a * b, x, y, upstream)
