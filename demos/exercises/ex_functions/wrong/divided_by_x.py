"""n * z / x is right almost everywhere, but at x = 0 it divides by 0, where a square has the plain slope 0.

Write the division into the exponent: x ** n / x is x ** (n - 1).
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
        z = math.exp(self.data)
        return Value(z, [(self, z)])

    def tanh(self):
        z = math.tanh(self.data)
        return Value(z, [(self, 1 - z * z)])

    def __pow__(self, n):
        z = self.data**n
        return Value(z, [(self, n * z / self.data)])

    def __rsub__(self, n):
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
