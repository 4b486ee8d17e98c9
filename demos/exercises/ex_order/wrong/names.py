"""You list the names, and the nodes themselves are asked for: a backward pass needs their numbers and gradients, too.

Append node, not node.name.
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
            for argument in node.args:
                visit(argument)
            order.append(node.name)

    visit(root)
    return order
