"""The root is missing. You list the arguments of each node, and nothing has the root as its argument.

Let each visit append the node that is visited, not its arguments.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, seen = [], set()

    def visit(node):
        for argument in node.args:
            if argument not in seen:
                seen.add(argument)
                visit(argument)
                order.append(argument)

    visit(root)
    return order
