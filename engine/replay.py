"""What a walk shows in place of gradients: floats that remember what the node held before, until they are taken back.

A walk is a replay of one pass. While its cursor is somewhere, each node of its graph holds a `Shown` gradient: the
replay's number, and behind it the number that the node held before. `backward()`, `zero_grad()` and another walk call
`take_back` first, so a replay never adds to anything. A plain number written over a `Shown` one replaces it.

`REPLAYS` is empty as long as no replay is shown, so that `if REPLAYS:` is all that this costs others.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import ref

from .arguments import public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .value import Value

REPLAYS: set[ref[Replay]] = set()


class Replay:
    """A pass that is shown on the nodes of a graph: `at` steps of `steps` are taken.

    The nodes and their gradients refer to it, so it lasts as long as something that it is shown on.
    """

    __slots__ = ("__weakref__", "at", "nodes", "steps")

    def __init__(self, nodes: Sequence[Value], at: int, steps: int) -> None:
        self.nodes, self.at, self.steps = nodes, at, steps
        REPLAYS.add(ref(self, REPLAYS.discard))

    def show(self, node: Value, number: float) -> None:
        """Show a number as the gradient of a node, in front of what it holds; nothing where no gradient is asked."""
        if node._grad is not None:
            node._grad = Shown(number, held(node), self)

    def shows(self, node: Value) -> bool:
        """Whether the gradient of a node is one that this replay shows."""
        return type(node._grad) is Shown and node._grad.replay is self

    def whole(self) -> bool:
        """Whether it is shown on every node, so that nobody has taken it back or written over a part of it."""
        return bool(self.nodes) and all(node._grad is None or self.shows(node) for node in self.nodes)

    def take_back(self) -> None:
        """Give every node on which it is shown what that held before."""
        for node in self.nodes:
            if self.shows(node):
                node._grad = held(node)
        self.nodes = ()


class Shown(float):
    """A gradient that a replay shows. A copy of it stands alone: its own replay is shown nowhere else."""

    __slots__ = ("before", "replay")

    before: float
    replay: Replay

    def __new__(cls, number: float, before: float, replay: Replay) -> Shown:
        shown = super().__new__(cls, number)
        shown.before, shown.replay = before, replay
        return shown

    def __reduce__(self) -> tuple[Any, ...]:
        return _copied, (float(self), self.before, self.replay.at, self.replay.steps)


def _copied(number: float, before: float, at: int, steps: int) -> Shown:
    return Shown(number, before, Replay((), at, steps))


def held(node: Value) -> float:
    """What a node's gradient is, apart from any replay.

    >>> from engine import Value, walk
    >>> a = Value(3.0, "a")
    >>> steps = walk(a * a).run()
    >>> a.grad, held(a)
    (6.0, 0.0)
    """
    return node._grad.before if type(node._grad) is Shown else node._grad


@public
def take_back(nodes: Iterable[Value]) -> None:
    """Take back every replay that is shown on some of the nodes, from all of its nodes.

    >>> from engine import Value, walk
    >>> a = Value(3.0, "a")
    >>> steps = walk(a * a).run()
    >>> take_back([a])
    >>> a.grad
    0.0
    """
    if not REPLAYS:
        return
    for node in nodes:
        if type(node._grad) is Shown:
            node._grad.replay.take_back()
            node._grad = held(node)  # a copy is not among the replay's own nodes


@public
def unfinished(node: Value) -> str:
    """Where the walk stands whose replay a node shows, "step 8 of 9 of a walk", if it is not at its end; else "".

    >>> from engine import Value, walk
    >>> a = Value(3.0, "a")
    >>> steps = walk(a * a)
    >>> step = steps.goto(3)
    >>> unfinished(a)
    'step 3 of 4 of a walk'
    >>> step = steps.run()
    >>> unfinished(a)
    ''
    """
    if type(node._grad) is not Shown or node._grad.replay.at == node._grad.replay.steps:
        return ""
    return f"step {node._grad.replay.at} of {node._grad.replay.steps} of a walk"


@contextmanager
@public
def gradients_kept(nodes: Iterable[Value]) -> Iterator[None]:
    """Leave the gradients of nodes as they were, whatever is done inside the block, replays shown on them included.

    >>> from engine import Value
    >>> a = Value(3.0, "a")
    >>> with gradients_kept([a]):
    ...     (a * a).backward()
    >>> a.grad
    0.0
    """
    kept = list(nodes)
    replays = {node._grad.replay: node._grad.replay.nodes for node in kept if type(node._grad) is Shown}
    gradients = {node: node._grad for node in (*kept, *(node for shown in replays.values() for node in shown))}
    try:
        yield
    finally:
        for node, gradient in gradients.items():
            node._grad = gradient
        for replay, shown in replays.items():
            replay.nodes = shown
