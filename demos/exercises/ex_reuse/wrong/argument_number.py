"""You multiply by the number of the argument, but the local derivative of the edge is needed. For a * b they differ:
the edge to a holds the number of b.

The local derivative is handed to push as `local`. Multiply self.grad by that.
"""


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

    def push(self, argument, local):
        """Send this node's gradient back along the edge to one argument."""
        argument.grad += self.grad * argument.data

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
