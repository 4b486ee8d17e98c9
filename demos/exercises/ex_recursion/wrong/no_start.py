"""The gradient of the root is 0 in the end, and so are all others: it is never set to 1, or it is set back to 0.

Write self.grad = 1.0 before the loop, and leave the gradients there.
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
        """Fill the gradients of this node, the root, and all before it."""
        nodes, waiting = set(), [self]
        while waiting:
            node = waiting.pop()
            if node not in nodes:
                nodes.add(node)
                waiting += [argument for argument, _ in node.edges]
        for node in sorted(nodes, key=lambda each: each.made, reverse=True):
            for argument, local in node.edges:
                argument.grad += node.grad * local
