"""`draw`: a graph as a picture, in SVG, PNG, PDF or DOT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import flag, public

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value
    from .drawing import Drawing as Drawing
    from .options import Direction, FoldName


@public
def draw(
    root: Value,
    direction: Direction | None = None,
    fold: FoldName = "auto",
    focus: Value | None = None,
    depth: int | None = None,
    highlight: Value | tuple[Value, int] | Sequence[Value | tuple[Value, int]] | None = None,
    local: bool = False,
    heat: bool = False,
) -> Drawing:
    """The graph below a root as a `Drawing`: `.svg` and `.dot` are text, `.save(path)` writes a file.

    A drawing is a snapshot: it shows each node's name, operation, `data` and `grad` as they are now.

    `direction` is the way from leaves to root: "LR", "RL", "TB" or "BT"; by default "LR", or "TB" where only that
    can be read on one screen. `fold` makes a large graph small:

    - "none" draws every node.
    - "sums" turns sums of products into one box each.
    - "neurons" draws a sum of products as a table, with its activation and its weights.
    - "loops" draws one step of a loop, with the first and the last number of each node.
    - "layers" puts what is computed alike into one box, and marks one of many equal rows; "both" also folds loops.
    - "blocks" cuts what "both" leaves into a few boxes, where the fewest values cross.
    - "strongest" draws the root and the nodes that move it most, by |gradient × local derivative|.
    - "matrices" has a box for each array operation that `engine.compile` makes of the graph (it needs NumPy).
    - "auto" draws a graph of at most 30 nodes as it is; of a larger one it takes the first fold in this order
      (none, neurons, loops, layers, both, blocks) whose letters are at least 9 pixels high on a screen of
      1366 × 768, and for a graph that hardly repeats, the strongest paths.

    `focus` draws only what is at most `depth` edges away from that node (by default 2; from the root if only
    `depth` is given). `highlight` marks a node, an edge `(node, index of the argument)`, or a list of these.
    `local=True` writes the local derivatives on the edges. `heat=True` fills each box by its |grad|, from white at 0
    to orange at the largest one, which the legend names: call `backward()` first. The numbers stay.

    Below a picture that is folded, or a part of a graph, stands a legend of the signs in it.

    Raises DrawError (a RuntimeError) if `root` is not a Value, if `focus` or `highlight` names what is not in the
    graph, for an unknown `direction` or `fold`, for a negative `depth`, and for a graph that is too large even when
    folded; ArgumentError (a TypeError) if `local` or `heat` is not True or False; MissingExtra (an ImportError) for
    the fold "matrices" without NumPy.

    `root` is the node that is drawn, with all that it is made of.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw(a * b + a)
    Drawing of v2: 4 nodes, 2 of them leaves
    """
    from ..collector import Paused
    from .drawing import Drawing
    from .picture import picture

    with_local, with_heat = flag(local, "local"), flag(heat, "heat")
    with Paused():  # folds of a large graph make millions of objects, which are all in use
        return Drawing(picture(root, direction, fold, focus, depth, highlight, with_local, with_heat))
