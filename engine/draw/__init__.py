"""`draw`: a graph as a picture, in SVG, PNG, PDF or DOT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import flag, public

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value
    from .drawing import Drawing as Drawing


@public
def draw(
    root: Value,
    direction: str = "LR",
    fold: str = "auto",
    focus: Value | None = None,
    depth: int | None = None,
    highlight: Value | tuple[Value, int] | Sequence[Value | tuple[Value, int]] | None = None,
    local: bool = False,
) -> Drawing:
    """The graph below a root as a `Drawing`: `.svg` and `.dot` are text, `.save(path)` writes a file.

    A drawing is a snapshot: it shows each node's name, operation, `data` and `grad` as they are now.

    `direction` is the way from leaves to root: "LR", "RL", "TB" or "BT". `fold` makes a large graph small:
    "sums" turns sums of products into one box each, "layers" also puts what is computed alike into one box,
    "matrices" has a box for each array operation that `engine.compile` makes of the graph (it needs NumPy),
    "none" draws every node, and "auto" folds once there are over 200. `focus` draws only what is at most
    `depth` edges away from that node (by default 2; from the root if only `depth` is given). `highlight`
    marks a node, an edge `(node, index of the argument)`, or a list of these. `local=True` writes the local
    derivatives on the edges.

    Raises DrawError (a RuntimeError) for a graph that is too large even when folded, and for a request that
    makes no sense.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw(a * b + a)
    Drawing of v2: 4 nodes, 2 of them leaves
    """
    from .drawing import Drawing
    from .picture import picture

    return Drawing(picture(root, direction, fold, focus, depth, highlight, flag(local, "local")))
