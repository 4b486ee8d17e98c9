"""The nodes send in the order of their distance from the root. One that is used at two depths sends before the deeper
of them has sent.

Sort the nodes by `made` instead, the one that was made last first.
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
        order, seen = [self], {self}
        for node in order:
            for argument, _ in node.edges:
                if argument not in seen:
                    seen.add(argument)
                    order.append(argument)
        for node in order:
            for argument, local in node.edges:
                argument.grad += node.grad * local
