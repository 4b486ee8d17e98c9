"""Depth first: a node is put on the list when all of its arguments are on it.
A set of the nodes seen keeps those that are used twice from being listed
twice."""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for argument in node.args:
                visit(argument)
            order.append(node)

    visit(root)
    return order


if __name__ == "__main__":
    a = Node("a")
    b = Node("b")
    c = Node("c", (a, b))
    d = Node("d", (c,))
    e = Node("e", (d, a))
    print([node.name for node in topological(e)])
