"""The gradients are right, but every way from the root to a node is walked on its own. In a row of nodes that are
used twice, the number of ways doubles at each.

Let each node send once, with its whole gradient: find all nodes first, and go through them from the last to the
first.
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

    def backward(self):
        self.send(1.0)

    def send(self, contribution):
        self.grad += contribution
        for argument, local in self.edges:
            argument.send(contribution * local)
