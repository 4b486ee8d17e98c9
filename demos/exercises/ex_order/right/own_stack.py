"""No recursion: a node stays on the stack until its arguments are listed."""


class Node:
    """A node with a name and its arguments; a leaf has none."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def topological(root):
    order, stack = {}, [root]
    while stack:
        missing = [argument for argument in stack[-1].args if argument not in order]
        if missing:
            stack.append(missing[0])
        else:
            order[stack.pop()] = True
    return list(order)
