"""The choice of a fold: the one with most detail whose picture can be read on one screen."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..errors import DrawError
from .fold import Folding, matrices, neurons, none, sums
from .loops import blocks, both, layers, loops
from .strongest import strongest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .fold import Fold, Operations

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
AUTO = {  # from the most detail to the least, each for so many operations: of more, it would show too much
    "none": 600,
    "neurons": 600,
    "loops": 10_000,
    "layers": 100_000,
}
BLOCKS = (9, 7, 5, 3)
AUTO_PART = ("none", "sums", "layers")
SMALL_GRAPH = 30  # nodes that are drawn as they are, whatever the size of the picture
MOST_BOXES = 400  # that are worth a closer look
COMFORT = 200  # boxes of a part that a reader can still follow


def foldings(graph: Operations, fold: str) -> Iterator[tuple[str, Folding]]:
    """Yield the folds to choose from, each with its name, from the most detail to the least.

    A graph that repeats little, so that its layers and loops leave a fourth of its nodes or more, shows its strongest
    paths in place of blocks.
    """
    every = range(len(graph.nodes))
    if fold != "auto" or len(every) <= SMALL_GRAPH:
        name = "none" if fold == "auto" else fold
        yield name, FOLDS[name](graph)
        return
    many = len(graph.order)
    for name, most in AUTO.items():
        if many <= most:
            folding = FOLDS[name](graph)
            if boxes_of(folding, every) <= MOST_BOXES:
                yield name, folding
    folding = both(graph)
    boxes = boxes_of(folding, every)
    if boxes * 4 >= len(every):
        yield "strongest", strongest(graph)
        return
    if boxes <= MOST_BOXES and (folding.loops or many > AUTO["layers"]):
        yield "both", folding
    parts = boxes_of(folding, graph.order)
    for most in BLOCKS:
        if most < parts:
            yield "blocks", blocks(graph, most)


def boxes_of(folding: Folding, nodes: Iterable[int]) -> int:
    """Return how many boxes a fold makes of some nodes."""
    return len({*map(folding.keys.__getitem__, nodes)})


def part(graph: Operations, fold: str, center: int, depth: int) -> tuple[str, Folding]:
    """Return the fold of a part: the boxes at most `depth` edges from the center's."""
    for name in AUTO_PART if fold == "auto" else (fold,):
        folding = FOLDS[name](graph)
        around = near(folding.keys[center], depth, graph, folding.keys)
        folding.visible = around if folding.visible is None else around & folding.visible
        if len(folding.visible) <= COMFORT:
            break
    return name, folding


def too_much(problem: str, depth: int | None, fold: str) -> DrawError:
    """A picture that cannot be made, and what can."""
    remedy = "Draw a part: draw(root, focus=node, depth=2)" if depth is None else "Take a smaller depth"
    return DrawError(f"{problem}. {remedy}{'' if fold == 'auto' else ', or fold=' + repr('auto')}.")


def near(center: int, depth: int, graph: Operations, keys: Sequence[int]) -> set[int]:
    """Return the boxes at most `depth` edges away, whichever way the edges point."""
    links = defaultdict(list)
    for node in graph.order:
        head = keys[node]
        for arg in graph.args[node]:
            tail = keys[arg]
            links[head].append(tail)
            links[tail].append(head)
    found, rim = {center}, {center}
    for _ in range(depth):
        rim = {other for box in rim for other in links[box]} - found
        if not rim:
            break
        found |= rim
    return found
