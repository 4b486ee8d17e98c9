"""Nodes that are used twice stand on your list twice. In a backward pass they would send their gradient back twice;
and in a long graph the list doubles at every reuse.

Keep a set of the nodes that you have seen, one for all visits, and visit a node only if it is not in there.
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
            visit(argument)
        order.append(node)

    visit(root)
    return order
