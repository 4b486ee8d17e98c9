"""The gradients that a walk shows on nodes: floats that remember the node's own gradient, until they are taken back.

A walk is a replay of one pass. While it is shown, each node of its graph holds a `Shown` gradient: the replay's
number, with the number that the node held before in `.before`. `backward()`, `zero_grad()` and other walks call
`take_back` first, so that they never add to a replay's number. Assigning a plain number replaces a `Shown` one.

`REPLAYS` is empty while no replay is shown. So all that other code pays is `if REPLAYS:`.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from typing import TYPE_CHECKING, Any
from weakref import ref

from .arguments import public
from .printer import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .value import Value

REPLAYS: set[ref[Replay]] = set()


class Replay:
    """A pass that is shown on the nodes of a graph, after `at` of its `steps` steps.

    The gradients on the nodes refer to it, so it lives as long as one of them does.
    """

    at: int
    steps: int

    __slots__ = ("__weakref__", "at", "nodes", "steps")

    def __init__(self, nodes: Sequence[Value], at: int, steps: int) -> None:
        self.nodes: Sequence[Value] = nodes
        self.at, self.steps = at, steps
        REPLAYS.add(ref(self, REPLAYS.discard))

    def show(self, node: Value, number: float) -> None:
        """Show a number as the gradient of a node and keep the node's own. A constant is left as it is."""
        if node._grad is not None:
            node._grad = Shown(number, held(node), self)

    def shows(self, node: Value) -> bool:
        """Tell whether this replay shows the gradient of a node."""
        return type(node._grad) is Shown and node._grad.replay is self

    def whole(self) -> bool:
        """Tell whether it is still shown on every node: not taken back, and no gradient assigned since."""
        return bool(self.nodes) and all(node._grad is None or self.shows(node) for node in self.nodes)

    def take_back(self) -> None:
        """Give every node on which it is shown its own gradient back."""
        for node in self.nodes:
            if self.shows(node):
                node._grad = held(node)
        self.nodes = ()


class Shown(float):
    """A gradient that a replay shows. A copy of it gets a replay of its own."""

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
    """Return a node's own gradient, without what a replay shows.

    >>> from engine import Value, walk
    >>> a = Value(3.0, "a")
    >>> steps = walk(a * a).run()
    >>> a.grad, held(a)
    (6.0, 0.0)
    """
    return node._grad.before if type(node._grad) is Shown else node._grad


@public
def take_back(nodes: Iterable[Value]) -> None:
    """Take back every replay that is shown on one of these nodes. It is taken back from all of its nodes.

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
            node._grad = held(node)  # a copied node is not in the replay's list of nodes


@public
def unfinished(node: Value) -> str:
    """Return the position of an unfinished walk that a node shows, such as "step 8 of 9 of a walk"; else "".

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


class GradientsKept(ContextDecorator):
    """A block that restores the gradients of nodes when it ends; see `gradients_kept`."""

    def __init__(self, nodes: list[Value]) -> None:
        self._nodes = nodes
        self._kept: list[tuple[dict[Value, Any], dict[Any, Any]]] = []  # for each block that is open

    def __repr__(self) -> str:
        return f"gradients_kept({plural(len(self._nodes), 'node')})"

    def __enter__(self) -> None:
        shown = [node._grad.replay for node in self._nodes if type(node._grad) is Shown]
        replays = {replay: replay.nodes for replay in shown}
        gradients = {
            node: node._grad for node in (*self._nodes, *(node for each in replays.values() for node in each))
        }
        self._kept.append((gradients, replays))

    def __exit__(self, *error: object) -> None:
        gradients, replays = self._kept.pop()
        for node, gradient in gradients.items():
            node._grad = gradient
        for replay, nodes in replays.items():
            replay.nodes = nodes


@public
def gradients_kept(nodes: Iterable[Value]) -> GradientsKept:
    """Restore the gradients of nodes when the block ends, also those that a walk shows.

    >>> from engine import Value
    >>> a = Value(3.0, "a")
    >>> with gradients_kept([a]):
    ...     (a * a).backward()
    >>> a.grad
    0.0
    """
    return GradientsKept(list(nodes))
