"""A node is on the list once for each way that leads to it, and sends as often.

Put each node on the list once: keep a set of those that you have seen.
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
        self.grad = 1.0
        nodes = [self]
        for node in nodes:
            nodes.extend(argument for argument, _ in node.edges)
        for node in sorted(nodes, key=lambda each: each.made, reverse=True):
            for argument, local in node.edges:
                argument.grad += node.grad * local
