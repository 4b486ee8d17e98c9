"""Exercise: the slope of a slope.

A slope is a number that depends on x, so it has a slope itself: the second
derivative. It tells how a curve bends: above 0 like a bowl, below 0 like a
hill. The engine can go back once more, if the slope is a graph and not just a
number: grad(y, x) returns a list with one Value for each input, and each of
them is a node with a graph behind it. Use grad twice. Your function is handed
a function of a Value, and a plain number x.

    x ──→ y = x ** 3       grad ──→ 3 * x ** 2       grad ──→ 6 * x
      2          8                      12                     12
"""


def derivatives(function, x):
    """Return the value, the slope, and the slope of the slope, as numbers."""
    raise NotImplementedError("TODO: a leaf, the function, and grad twice")


if __name__ == "__main__":
    print("x ** 3 at 2:   ", derivatives(lambda x: x**3, 2.0), "8, 12, 12")
    print("x * x at 5:    ", derivatives(lambda x: x * x, 5.0), "25, 10, 2")
    print("exp(2x) at 0:  ", derivatives(lambda x: (2 * x).exp(), 0.0))
