"""Only the root got a gradient: all others stayed at 0, where they began. That happens if you multiply by
argument.grad, which is still 0, or if the product ends up anywhere else than in argument.grad.

This node already knows its own gradient, self.grad. Send it back along the edge: times local, added to argument.grad.
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
        argument.grad += argument.grad * local

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
