"""With the result z = x / y, its slope in y is -z / y; single results as tuples of one."""


def div_backward(x, y, upstream):
    z = x / y
    return (upstream / y, -upstream * z / y)


def log_backward(x, upstream):
    return (upstream / x,)


def neg_backward(x, upstream):
    return (upstream * -1,)
