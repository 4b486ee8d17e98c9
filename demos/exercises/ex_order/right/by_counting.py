"""From the root down: a node is taken when all that it feeds have been taken, which is found by counting."""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    uses, found = {root: 0}, [root]
    for node in found:
        for argument in node.args:
            if argument not in uses:
                uses[argument] = 0
                found.append(argument)
            uses[argument] += 1
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for argument in node.args:
            uses[argument] -= 1
            if uses[argument] == 0:
                ready.append(argument)
    return order[::-1]
