"""Root first and then turned around is not yet an order. A node that is used at two depths is met first on one way,
and stands too late on the list for the other.

Visit the arguments first, and put the node on the list after them; then nothing has to be turned around.
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
    return order[::-1]
