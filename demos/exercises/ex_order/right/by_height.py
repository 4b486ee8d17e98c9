"""Sorted by height: a leaf is at 0, any other node one above its highest argument."""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    height = {}

    def measure(node):
        if node not in height:
            height[node] = 1 + max((measure(argument) for argument in node.args), default=-1)
        return height[node]

    measure(root)
    return sorted(height, key=height.get)
