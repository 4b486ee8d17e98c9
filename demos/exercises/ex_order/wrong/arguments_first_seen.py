"""You append the arguments of a node before you visit them, so each of them stands before its own arguments. Only the
root, which nothing has as its argument, is in its place.

A node goes on the list at the end of its own visit, when all of its arguments are on it.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order = []

    def visit(node):
        for argument in node.args:
            if argument not in order:
                order.append(argument)
                visit(argument)

    visit(root)
    return [*order, root]
