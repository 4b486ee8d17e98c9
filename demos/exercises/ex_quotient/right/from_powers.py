"""A quotient as a product with a power, each edge by the chain rule."""


def div_backward(x, y, upstream):
    inverse = y**-1
    to_inverse = upstream * x
    return [upstream * inverse, to_inverse * -(inverse**2)]


def log_backward(x, upstream):
    return upstream * x**-1


def neg_backward(x, upstream):
    return 0.0 - upstream
