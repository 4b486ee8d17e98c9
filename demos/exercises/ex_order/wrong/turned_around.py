"""The order is right, but you have turned it around: the root comes first. That is how the backward pass will read
it; the list itself begins with the leaves.

Return it as it is when the last node, the root, has been appended.
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
            order.append(node)

    visit(root)
    return order[::-1]
