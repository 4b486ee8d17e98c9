"""What comes along an edge is upstream × local, and every edge that leads back
to a node adds to its gradient: all of these moves of the root happen at once.
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
        waiting = {self}
        while waiting:
            node = max(waiting, key=lambda each: each.made)
            waiting.remove(node)
            for argument, local in node.edges:
                node.push(argument, local)
                waiting.add(argument)


if __name__ == "__main__":
    a, c = Value(3.0), Value(-2.0)
    b = a + a
    L = b * c
    L.backward()
    print(f"L = (a + a) * c = {L.data}")
    print(f"When a moves by 1, L moves by -4; your a.grad is {a.grad}.")
    print(f"When c moves by 1, L moves by 6; your c.grad is {c.grad}.")
