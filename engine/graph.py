"""The graph below a root, in order.

Everything here only reads nodes, and nothing recurses: a chain of a million nodes is walked like a
chain of three.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import described, public
from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .value import Value


class Numbering(defaultdict[Any, int]):
    """A dict that numbers its keys: a key that is looked up for the first time gets the next number.

    >>> numbering = Numbering()
    >>> numbering["a"], numbering["b"], numbering["a"]
    (0, 1, 0)
    """

    def __init__(self, first: int = 0) -> None:
        super().__init__(count(first).__next__)


class Rest(tuple["Value", ...]):
    """All arguments but the first of an operation with three or more. They share the slot of the second argument.

    So operations of one or two arguments need no memory and no time for a third.
    """

    __slots__ = ()
    _op_row = "several"  # so that these look like an operation, and not like a leaf, to who follows the second slot


def put_arguments(node: Any, args: Sequence[Any]) -> None:
    """Store the arguments of a node in its two slots."""
    node._x = args[0] if args else None
    node._y = Rest(args[1:]) if len(args) > 2 else args[1] if len(args) == 2 else None


@public
def operations(*roots: Value) -> list[Value]:
    """Return the operations that the roots depend on, each after its arguments.

    The order is depth first, first argument first, and always the same for the same graph.

    - `roots`: Values, where the graphs end.

    Raises ArgumentError (a TypeError) if one of `roots` is not a Value, such as a list of Values.

    >>> from engine import Value
    >>> a = Value(2.0, "a")
    >>> [node.op.name for node in operations(a * a + a.exp())]
    ['mul', 'exp', 'add']
    """
    _check_roots(roots)
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root for root in reversed(roots) if root._op_row is not None]
    push, pop, put, see = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        if node is None:  # None marks that the arguments of the next node on the stack are listed
            put(pop())
            continue
        while node not in seen:  # goes down the first arguments
            see(node)
            first, other = node._x, node._y
            if other is not None and other._op_row is not None and other not in seen:
                push(node)
                push(None)
                if type(other) is Rest:
                    stack += [each for each in reversed(other) if each._op_row is not None]
                else:
                    push(other)
            elif first._op_row is None or first in seen:
                put(node)
                break
            else:
                push(node)
                push(None)
            if first._op_row is None:
                break
            node = first
    return order


class Changed(NamedTuple):
    """An operation that holds another number than its arguments now give, and the leaves among these."""

    node: Value
    leaves: list[Value]
    now: float


def changed(order: Iterable[Value]) -> Iterator[Changed]:
    """Compute operations on leaves again; yield those whose number differs, because a leaf got another one since.

    `order` holds the operations to look at. Each leaf is in what is yielded once at most.

    >>> from engine import Value
    >>> a = Value(2.0, "a")
    >>> b = a * a
    >>> a.data = 3.0
    >>> [(found.node.data, found.now) for found in changed([b])]
    [(4.0, 9.0)]
    """
    reported: set[Value] = set()
    for node in order:
        leaves = [each for each in node.args if each.op is None and (each.grad is not None or each.label)]
        leaves = [leaf for leaf in dict.fromkeys(leaves) if leaf not in reported]
        if not leaves:
            continue
        try:
            now = node.op.f(*(arg.data for arg in node.args))
        except (ArithmeticError, TypeError, ValueError):
            now = nan
        if now != node.data and not (isnan(now) and isnan(node.data)):
            reported.update(leaves)
            yield Changed(node, leaves, now)


def reached(root: Value, order: list[Value]) -> set[Value]:
    """Return the root and the nodes below it that its gradient gets to.

    Left out are nodes that lie only below a detached node, or only below what a `where` did not choose.

    `order` holds the operations that the root depends on.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> root = a.detach() * b
    >>> found = reached(root, operations(root))
    >>> a in found, b in found
    (False, True)
    """
    found = {root}
    for z in reversed(order):
        if z in found:
            found.update(arg for arg, passes in zip(z.args, z.op.passing(z)) if passes)
    return found


@public
def nodes(*roots: Value) -> list[Value]:
    """Return every node that the roots depend on, each after its arguments, and leaves where they are first used.

    - `roots`: Values, where the graphs end.

    Raises ArgumentError (a TypeError) if one of `roots` is not a Value, such as a list of Values.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> [node.label or node.op.name for node in nodes(a * b + a)]
    ['a', 'b', 'mul', 'add']
    """
    order: dict[Any, None] = {}
    for node in operations(*roots):
        other = node._y
        if type(other) is Rest:
            order.update(dict.fromkeys(node.args))
            order[node] = None
        else:
            order[node._x] = order[other] = order[node] = None
    order.pop(None, None)  # an operation of one argument has None in its second slot
    return [*(order | dict.fromkeys(roots))]


def _check_roots(roots: tuple[Any, ...]) -> None:
    for root in roots:
        if not hasattr(root, "op"):
            remedy = ". Put * before a list of them" if isinstance(root, (list, tuple)) else ""
            raise ArgumentError(f"a graph is below Values, and this is {described(root)}{remedy}.")
