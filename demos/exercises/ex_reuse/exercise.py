"""Exercise: a node that is used twice.

A Value is a node. It holds its number, its gradient, and its edges: each
argument with the local derivative of that edge. (For a + b, Python calls
a.__add__(b), which makes a Value with two edges.) The backward pass below
visits the nodes from the root back, and each pushes its gradient back along
its edges. What one such push does is missing, one line of code. In b = a + a,
two edges lead back to the same a: when a moves by 1, b moves by 2.

    a ──┬── 1.0 ──┐
        │         ├── b = a + a ──┐
        └── 1.0 ──┘               ├── L = b * c
    c ────────────────────────────┘
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
        raise NotImplementedError("TODO: one line")

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
