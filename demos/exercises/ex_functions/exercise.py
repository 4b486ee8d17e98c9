"""Exercise: local derivatives of exp, tanh and pow.

The Value of the last exercise learns exp, tanh, powers, and differences such
as 1 - x, for which Python calls x.__rsub__(1). Each of them computes a number
z and returns a Value of it with one edge, which leads back to x, the node that
it was given, and holds the local derivative dz/dx. For exp and tanh, the
result z tells the slope more simply than x does. In a power, n is a plain
number, and x may be 0 or below; tanh may be asked at 355, where math.exp(2 * x)
is too large for a float. `math` has exp and tanh for plain numbers.

               dz/dx = ?
    x ──────────────────────→ z = exp(x), tanh(x), x ** n or n - x
"""

import math


class Value:
    """A number, its gradient, and its edges: (argument, local derivative)."""

    count = 0

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0
        self.edges = edges
        Value.count += 1
        self.made = Value.count  # later than all of its arguments

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        edges = [(self, other.data), (other, self.data)]
        return Value(self.data * other.data, edges)

    def exp(self):
        """Return e to the power of this node."""
        raise NotImplementedError("TODO: exp, and the three below")

    def tanh(self):
        """Return the hyperbolic tangent, a number between -1 and 1."""
        raise NotImplementedError("TODO: tanh")

    def __pow__(self, n):
        """Return this node to the power of n, which is a plain number."""
        raise NotImplementedError("TODO: the power")

    def __rsub__(self, n):
        """Return n - this node, where n is a plain number."""
        raise NotImplementedError("TODO: the difference")

    def push(self, argument, local):
        """Send this node's gradient back along the edge to one argument."""
        argument.grad += self.grad * local

    def backward(self):
        """Fill the gradients of this node, the root, and all before it."""
        self.grad = 1.0
        waiting = {self}
        while waiting:
            node = max(waiting, key=lambda each: each.made)
            waiting.remove(node)
            for argument, local in node.edges:
                node.push(argument, local)
                waiting.add(argument)


if __name__ == "__main__":

    def cube(x):
        return x**3

    def rest(x):
        return 1 - x

    h = 0.0001
    trials = [
        ("exp", Value.exp, math.exp),
        ("tanh", Value.tanh, math.tanh),
        ("cube", cube, cube),
        ("rest", rest, rest),
    ]
    for name, operation, plain in trials:
        x = Value(0.5)
        operation(x).backward()
        slope = (plain(0.5 + h) - plain(0.5 - h)) / (2 * h)
        print(f"{name:4} at 0.5: a nudge {slope:.6f}, your edge {x.grad:.6f}")
