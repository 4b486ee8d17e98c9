"""Exercise: a backward pass that goes too early.

The backward pass below needs no list: a node sends its gradient back along its
edges, and each argument at once does the same. Where every node is used once,
this is right. Here b is used twice. It is called twice, and the second time it
sends on all that has come so far, what it has sent before included: too much.
And in a row of nodes that are used twice, the calls double at each: 30 of them
are a billion calls. Repair it: each node must send once, when all that it
feeds have sent. The numbers `made` tell in which order the nodes were made.

                 ┌── 1.0 ──┐                 1st call of b: sends 1
    a ── 2.0 ── b           ├── L = b + b     2nd call of b: sends 1 + 1
                 └── 1.0 ──┘                 a gets 2 · 3 instead of 2 · 2
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
        raise NotImplementedError("TODO: delete this line, repair the others")
        self.grad = 1.0
        self.send()

    def send(self):
        """Send the gradient back along each edge, and go on from there."""
        for argument, local in self.edges:
            argument.grad += self.grad * local
            argument.send()


if __name__ == "__main__":
    for doublings in range(1, 6):
        node = x = Value(1.0)
        for _ in range(doublings):
            node = node + node
        node.backward()
        print(f"{doublings} doublings: {x.grad}; right is {2**doublings}")
