"""Each node sends once, but too early: as soon as the first edge reaches it. What reaches it later is not sent on.

Send when the gradient is complete. Find all nodes first, then let them send, the one that was made last first.
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
        self.send(set())

    def send(self, seen):
        if self in seen:
            return
        seen.add(self)
        for argument, local in self.edges:
            argument.grad += self.grad * local
            argument.send(seen)
