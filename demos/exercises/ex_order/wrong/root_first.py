"""You list a node before its arguments. Turning such a list around does not help either: a node that is used at two
depths stands where it was met first, before another node that needs it.

Visit the arguments first, and put the node on the list after them.
"""


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
            order.append(node)
            for argument in node.args:
                visit(argument)

    visit(root)
    return order
