"""Adding passes its upstream on as it is; multiplying scales it by the other
factor."""


def add_backward(x, y, upstream):
    return upstream, upstream


def mul_backward(x, y, upstream):
    return upstream * y, upstream * x


if __name__ == "__main__":
    print("add:", add_backward(2.0, -3.0, 10.0))
    print("mul:", mul_backward(2.0, -3.0, 10.0))
