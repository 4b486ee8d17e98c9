"""Local derivatives first, then one place where the chain rule multiplies."""


def chain(upstream, *local):
    return tuple(upstream * slope for slope in local)


def add_backward(x, y, upstream):
    return chain(upstream, 1.0, 1.0)


def mul_backward(x, y, upstream):
    return chain(upstream, y, x)
