"""The choice of a fold: the one with most detail whose picture can be read on one screen."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ..errors import DrawError
from .fold import Folding, layers, matrices, neurons, none, sums
from .loops import blocks, both, loops
from .strongest import strongest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..value import Value
    from .fold import Fold, Keys

FOLDS: dict[str, Fold] = {
    "none": none,
    "sums": sums,
    "neurons": neurons,
    "loops": loops,
    "layers": layers,
    "both": both,
    "blocks": blocks,
    "strongest": strongest,
    "matrices": matrices,
}
AUTO = ("none", "neurons", "loops", "layers", "both")  # from the most detail to the least
AUTO_PART = ("none", "sums", "layers")
SMALL = 30  # nodes that are drawn as they are, whatever the size of the picture
ONE_BY_ONE = 600  # operations: of more, no fold that shows each is tried
MOST_BOXES = 400  # that are worth a closer look
COMFORT = 200  # boxes of a part that a reader can still follow


def foldings(order: Sequence[Value], everything: Sequence[Value], fold: str) -> Iterator[tuple[str, Folding]]:
    """Yield the folds to choose from, each with its name, from the most detail to the least.

    A graph that repeats little, so that its layers and loops leave a fourth of its nodes or more, shows its strongest
    paths in place of blocks.
    """
    uses = Counter(arg for node in order for arg in node.args)
    if fold != "auto" or len(everything) <= SMALL:
        name = "none" if fold == "auto" else fold
        yield name, FOLDS[name](order, uses)
        return
    regular = True
    for name in AUTO:
        if name in ("none", "neurons") and len(order) > ONE_BY_ONE:
            continue
        folding = FOLDS[name](order, uses)
        boxes = len({folding.keys.get(node, node) for node in everything})
        regular = boxes * 4 < len(everything)
        if boxes <= MOST_BOXES:
            yield name, folding
    name = "blocks" if regular else "strongest"
    yield name, FOLDS[name](order, uses)


def part(
    order: Sequence[Value], everything: Sequence[Value], fold: str, center: Value, depth: int
) -> tuple[str, Folding]:
    """Return the fold of a part: the boxes at most `depth` edges from the center's."""
    uses = Counter(arg for node in order for arg in node.args)
    for name in AUTO_PART if fold == "auto" else (fold,):
        folding = FOLDS[name](order, uses)
        keys = folding.keys
        near_center = near(keys.get(center, center), depth, order, keys)
        folding.visible = near_center if folding.visible is None else near_center & folding.visible
        if len(folding.visible) <= COMFORT:
            break
    return name, folding


def too_much(problem: str, depth: int | None, fold: str) -> DrawError:
    """A picture that cannot be made, and what can."""
    remedy = "Draw a part: draw(root, focus=node, depth=2)" if depth is None else "Take a smaller depth"
    return DrawError(f"{problem}. {remedy}{'' if fold == 'auto' else ', or fold=' + repr('auto')}.")


def near(center: Any, depth: int, order: Sequence[Value], keys: Keys) -> set[Any]:
    """The boxes at most `depth` edges away, whichever way the edges point."""
    links = defaultdict(list)
    for node in order:
        head = keys.get(node, node)
        for arg in node.args:
            tail = keys.get(arg, arg)
            links[head].append(tail)
            links[tail].append(head)
    found, rim = {center}, {center}
    for _ in range(depth):
        rim = {other for box in rim for other in links[box]} - found
        if not rim:
            break
        found |= rim
    return found
