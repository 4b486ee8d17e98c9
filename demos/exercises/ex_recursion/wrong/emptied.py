"""A node forgets its gradient when it has sent it. Then nothing is sent twice, but inner nodes end with the gradient
0, and the calls still double.

Keep the gradients, and let each node send once, when all that it feeds have sent.
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
        self.grad = 1.0
        self.send()

    def send(self):
        """Send the gradient back along each edge, and go on from there."""
        upstream, self.grad = self.grad, 0.0
        for argument, local in self.edges:
            argument.grad += upstream * local
            if argument.edges:
                argument.send()
