"""The factor n is missing. x ** n is n equal factors, and each of them moves when x does.

Check with a square: x ** 2 has the slope 2 * x. Put n in front.
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
        return Value(self.data**n, [(self, self.data ** (n - 1))])

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
