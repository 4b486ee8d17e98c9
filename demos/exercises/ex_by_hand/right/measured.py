"""No formula but that of L: each argument is nudged."""


def slope(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def loss(w, x, b):
    return (w * x + b) ** 2


def gradient(w, x, b):
    return slope(lambda v: loss(v, x, b), w), slope(lambda v: loss(w, v, b), x), slope(lambda v: loss(w, x, v), b)
