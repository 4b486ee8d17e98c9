"""Other formulas of the same slopes; a difference made of a sum and a product."""

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
        y = math.exp(self.data)
        return Value(y, [(self, y)])

    def tanh(self):
        """Return the hyperbolic tangent, a number between -1 and 1."""
        return Value(math.tanh(self.data), [(self, 1 / math.cosh(self.data) ** 2)])

    def __pow__(self, n):
        """Return this node to the power of n, which is a plain number."""
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])

    def __rsub__(self, n):
        """Return n - this node, where n is a plain number."""
        minus = self * Value(-1.0)
        return minus + Value(n)

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
