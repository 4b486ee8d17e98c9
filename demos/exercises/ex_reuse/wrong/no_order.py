"""Some nodes pushed before all that they feed had pushed to them: what came back to them later never went on. A level
after the other is not the order that a backward pass needs.

Take as the next node one that no waiting node can still add to. Nodes are made after their arguments, so of all that
wait, it is the one that was made last.
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
        argument.grad += self.grad * local

    def backward(self):
        """Fill the gradients of this node, the root, and all before it."""
        self.grad = 1.0
        reached = [self]
        for node in reached:
            for argument, local in node.edges:
                node.push(argument, local)
                if argument not in reached:
                    reached.append(argument)
