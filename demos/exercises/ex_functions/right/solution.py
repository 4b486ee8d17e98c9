"""exp is its own slope, z. The slope of tanh is 1 - z * z, by its result. A
power brings its exponent down in front, and keeps one factor less:
n * x ** (n - 1)."""

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
        z = math.exp(self.data)
        return Value(z, [(self, z)])

    def tanh(self):
        """Return the hyperbolic tangent, a number between -1 and 1."""
        z = math.tanh(self.data)
        return Value(z, [(self, 1 - z * z)])

    def __pow__(self, n):
        """Return this node to the power of n, which is a plain number."""
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])

    def __rsub__(self, n):
        """Return n - this node, where n is a plain number."""
        return Value(n - self.data, [(self, -1.0)])

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
