"""You go level by level, away from the root. A node that is used at two depths is met on the level that is closer to
the root, and so it is listed after a node that needs it.

The distance from the root does not tell. Go down to the arguments first, and list a node when all of them are listed.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, seen = [root], {root}
    for node in order:
        for argument in node.args:
            if argument not in seen:
                seen.add(argument)
                order.append(argument)
    return order[::-1]
