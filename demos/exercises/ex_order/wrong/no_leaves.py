"""The leaves are missing. A node without arguments still has to be on the list: its gradient is what you want in the
end.

Do not return from a leaf before it is appended. The loop over its arguments ends at once, on its own.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, seen = [], set()

    def visit(node):
        if not node.args or node in seen:
            return
        seen.add(node)
        for argument in node.args:
            visit(argument)
        order.append(node)

    visit(root)
    return order
