"""Exercise: local derivatives of add and mul.

A node that adds or multiplies knows nothing of the graph around it. In the
backward pass, which goes from the root back, it is handed one number, its
`upstream` gradient: how strongly the root reacts when this node moves a
little. It hands on one number to each of its arguments, the contribution of
that edge: how strongly the root reacts when the *argument* moves a little. It
can tell, since it knows x and y, and so the local derivatives of its edges.

    x ───┐
         ├── z = x + y ──→ ... ──→ L        upstream = dL/dz
    y ───┘
"""


def add_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x + y."""
    raise NotImplementedError("TODO: both functions are yours to write")


def mul_backward(x, y, upstream):
    """Return the contributions (to x.grad, to y.grad) of z = x * y."""
    raise NotImplementedError("TODO")


if __name__ == "__main__":
    print("add:", add_backward(2.0, -3.0, 10.0))
    print("mul:", mul_backward(2.0, -3.0, 10.0))
