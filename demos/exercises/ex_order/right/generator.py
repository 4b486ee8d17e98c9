"""Nodes handed out one by one, as their visits end."""


class Node:
    def __init__(self, name, args=()):
        self.name = name
        self.args = args


def visit(node, seen):
    if node in seen:
        return
    seen.add(node)
    for arg in node.args:
        yield from visit(arg, seen)
    yield node


def topological(root):
    return list(visit(root, set()))
