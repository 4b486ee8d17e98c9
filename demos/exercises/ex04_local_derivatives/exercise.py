"""Exercise 4: local derivatives of add and mul.

A node that adds or multiplies knows nothing of the graph around it. In the
backward pass it is handed one number, `upstream`: how strongly the root reacts
when this node moves a little. It passes on one number to each of its
arguments: how strongly the root reacts when *that* moves a little.

    x ───┐
         ├── z = x + y ──→ ... ──→ root        upstream = droot/dz
    y ───┘
"""


def add_backward(x, y, upstream):
    """The contributions (to x.grad, to y.grad) of z = x + y."""
    raise NotImplementedError("TODO: both functions are yours to write")


def mul_backward(x, y, upstream):
    """The contributions (to x.grad, to y.grad) of z = x * y."""
    raise NotImplementedError("TODO")


if __name__ == "__main__":
    print("add:", add_backward(2.0, -3.0, 10.0))
    print("mul:", mul_backward(2.0, -3.0, 10.0))
