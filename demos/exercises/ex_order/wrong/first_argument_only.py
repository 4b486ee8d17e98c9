"""You follow only one argument of each node, and what can be reached through the others is missing.

Go through all of node.args in a loop. A `return` inside of the loop ends it after the first.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, seen = [], set()

    def visit(node):
        seen.add(node)
        for argument in node.args:
            if argument not in seen:
                visit(argument)
            break
        order.append(node)

    visit(root)
    return order
