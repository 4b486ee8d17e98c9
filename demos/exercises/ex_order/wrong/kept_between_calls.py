"""The list still holds nodes of an earlier call. A list as a default argument, or outside of the function, is made
once, and every call goes on with it.

Make the list inside the function, so that each call begins with an empty one.
"""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root, order=[]):  # noqa: B006
    for argument in root.args:
        if argument not in order:
            topological(argument, order)
    order.append(root)
    return order
