"""The graph below a root, in order.

Everything here only reads nodes, and nothing recurses: a chain of a million nodes is walked like a
chain of three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .value import Value


def operations(*roots: Value) -> list[Value]:
    """The operations that the roots depend on, each after its arguments.

    Depth first, first argument first: the order of a careful reader, the same for the same graph.

    >>> from engine import Value
    >>> a = Value(2.0, "a")
    >>> [node.op.name for node in operations(a * a + a.exp())]
    ['mul', 'exp', 'add']
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [*reversed(roots)]
    push, pop, see = stack.append, stack.pop, seen.add
    while stack:
        node = pop()
        if node is None:  # a mark: all that the node under it needs has been listed
            order.append(pop())
            continue
        while node.op is not None and node not in seen:
            see(node)
            push(node)
            push(None)
            if node._y is not None:
                push(node._y)
            node = node._x
    return order


def nodes(*roots: Value) -> list[Value]:
    """Every node that the roots depend on, each after its arguments, leaves where first used.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> [node.label or node.op.name for node in nodes(a * b + a)]
    ['a', 'b', 'mul', 'add']
    """
    order: dict[Any, None] = {}
    for node in operations(*roots):
        order[node._x] = order[node._y] = order[node] = None
    order.pop(None, None)  # what an operation of one argument has for its second
    return [*(order | dict.fromkeys(roots))]
