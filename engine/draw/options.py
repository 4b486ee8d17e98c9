"""What may be asked of a drawing, checked before any work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from ..arguments import described, is_whole
from ..errors import DrawError
from ..printer import expression, name_of
from ..value import Value

if TYPE_CHECKING:
    from collections.abc import Collection

    Edge = tuple[Value, int]

Direction = Literal["LR", "RL", "TB", "BT"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
FoldName = Literal[  # a test compares it with the table of folds
    "auto", "none", "sums", "neurons", "loops", "layers", "both", "blocks", "strongest", "matrices"
]


def node(what: str, asked: Any, graph: Collection[Value] = ()) -> Value:
    """A node of the graph, or a DrawError."""
    if not isinstance(asked, Value):
        remedy = " Draw one of them." if isinstance(asked, (list, tuple)) else ""
        raise DrawError(f"{what} is a Value, the result of a calculation, not {described(asked)}.{remedy}")
    if graph and asked not in graph:
        raise DrawError(f"{what}={name_of(asked)} is not in this graph: the root does not depend on it.")
    return asked


def steps(depth: Any) -> int:
    """How many edges a part of a graph reaches."""
    if not is_whole(depth) or depth < 0:
        raise DrawError(f"depth is how many edges to go, 0 or a larger whole number, not {described(depth)}.")
    return int(depth)


def marks(asked: Any, graph: Collection[Value]) -> tuple[set[Value], set[Edge]]:
    """The nodes and the edges to highlight."""
    if asked is None:
        return set(), set()
    asked = asked if isinstance(asked, list) or (isinstance(asked, tuple) and not _is_edge(asked)) else [asked]
    marked: set[Value] = set()
    edges: set[Edge] = set()
    for mark in asked:
        if not _is_edge(mark):
            marked.add(node("highlight", mark, graph))
            continue
        head, index = mark
        node("highlight", head, graph)
        if not 0 <= index < len(head.args):
            counts = ["a leaf, with no arguments", "one argument, 0", "two arguments, 0 and 1"]
            last = len(head.args) - 1
            have = counts[last + 1] if last < 2 else f"{last + 1} arguments, from 0 to {last}"
            raise DrawError(f"highlight: {expression(head)} has no argument {index}: it is {have}.")
        edges.add((head, index))
    return marked, edges


def _is_edge(mark: Any) -> bool:
    return isinstance(mark, tuple) and len(mark) == 2 and is_whole(mark[1])
