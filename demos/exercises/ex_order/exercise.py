"""Exercise: topological order.

Before a node can be computed, its arguments must be; and before it can send
its gradient back, all nodes that it feeds must have sent theirs. One list
serves both, read from either end: every node once, each after all of its
arguments, so that the root comes last. Find it, given the root. Beware of
nodes that are used at two depths, as a is here.

    a ──┬──────────────────────────────┐
        ├── c = a * b ── d = exp(c) ───┴── e = d + a
    b ──┘
                               one such list: a, b, c, d, e
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    """List the root and all nodes that it depends on, arguments first."""
    raise NotImplementedError("TODO: a list of nodes")


if __name__ == "__main__":
    a = Node("a")
    b = Node("b")
    c = Node("c", (a, b))
    d = Node("d", (c,))
    e = Node("e", (d, a))
    print([node.name for node in topological(e)])
