"""What a drawing shows: its boxes, its arrows and their words, before anything is laid out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import choose
from ..errors import DrawError
from ..graph import nodes, operations
from ..printer import names, plural, printable
from ..unrecorded import check_recorded
from . import options
from .fold import FOLDS, folded, same, too_much
from .labels import derivative_text, node_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..value import Value
    from .fold import Keys
    from .labels import NodeLabel
    from .options import Edge

MOST_CROSSINGS = 20_000  # boxes that the arrows may cross in all: this many are laid out within seconds
PARALLEL = 4  # edges between two boxes that are drawn one by one
BOXES_DESCRIBED = 12  # boxes that the description tells of


@dataclass
class Box:
    """A node, or the nodes that a fold put together."""

    id: str
    label_text: NodeLabel
    node: Value  # the last of them
    root: bool
    marked: bool
    cut: tuple[int, int]  # edges to it and from it that lead out of the part that is drawn
    entered: int = 0  # arrows to it


@dataclass
class Arrow:
    """An edge, or all the edges between two boxes."""

    id: str
    tail: str
    head: str
    label: str
    title: str  # shown when it is pointed at
    edges: int
    marked: bool


@dataclass
class Picture:
    """All that is drawn."""

    direction: str
    name: str  # of the root
    summary: str
    boxes: list[Box]
    arrows: list[Arrow]
    length: int  # of the arrows in all, in boxes: what a layout takes grows faster than this

    @property
    def description(self) -> str:
        """The boxes in words, from the root back, for those who cannot see them."""
        listed = [
            f"{box.label_text}{' (highlighted)' if box.marked else ''}"
            for box in reversed(self.boxes[-BOXES_DESCRIBED:])
        ]
        more = [f"and {len(self.boxes) - BOXES_DESCRIBED:,} more"] if len(self.boxes) > BOXES_DESCRIBED else []
        return f"{self.summary}. {'; '.join(listed + more)}."


def picture(
    root: Value, direction: str, fold: str, focus: Value | None, depth: int | None, highlight: Any, local: bool
) -> Picture:
    """The picture of a graph; the arguments are those of `draw`."""
    check_recorded(options.node("root", root), "draw()")
    choose("direction", direction, options.DIRECTIONS, DrawError)
    choose("fold", fold, ("auto", *FOLDS), DrawError)
    part = focus is not None or depth is not None
    reach = options.steps(2 if depth is None else depth) if part else None
    everything, order = nodes(root), operations(root)
    center = root if focus is None else options.node("focus", focus, everything)
    marked_nodes, marked_edges = options.marks(highlight, everything)

    keys, visible = folded(order, fold, center, reach)
    named = names(everything)
    joints = joined(root, order, keys, visible)
    members: dict[Any, list[Value]] = {}
    for node in reversed(everything):  # so that boxes come in the order of their last nodes
        if (key := keys.get(node, node)) in visible:
            members.setdefault(key, []).append(node)
    marked = {keys.get(node, node) for node in marked_nodes}
    for head, index in marked_edges:  # an edge inside of a box marks the box
        arg = head.args[index]
        marked |= {keys.get(head, head)} & {keys.get(arg, arg)}

    boxes: dict[Any, Box] = {}
    for key, inside in reversed(members.items()):
        inside.reverse()
        words = node_label(inside, [node for node in inside if node in joints.results], named)
        cut = joints.cut[key, 0], joints.cut[key, 1]
        boxes[key] = Box(f"n{len(boxes)}", words, inside[-1], root in inside, key in marked, cut)
    layers = [box.label_text for box in boxes.values() if box.label_text.neurons]
    for number, words in enumerate(layers, 1):
        words.name = words.name or f"layer {number}"
    arrows = [
        arrow
        for (tail, head), edges in joints.edges.items()
        for arrow in between(boxes[tail], boxes[head], edges, marked_edges, named, local)
    ]

    length = total_length(arrows)
    if length > MOST_CROSSINGS:
        problem = (
            f"this picture has arrows across {length:,} boxes in all, and more than {MOST_CROSSINGS:,} is a tangle"
        )
        raise too_much(problem, reach, fold)
    leaves = len(everything) - len(order)
    summary = f"{plural(len(everything), 'node')}, {leaves:,} of them {'a leaf' if leaves == 1 else 'leaves'}"
    if part or keys:
        summary += f", {'a part ' if part else ''}drawn as {plural(len(boxes), 'box')}"
    return Picture(direction, printable(named[root], 60), summary, [*boxes.values()], arrows, length)


class Joints(NamedTuple):
    """How boxes join."""

    edges: dict[tuple[Any, Any], list[Edge]]  # between each two boxes that are drawn
    results: set[Value]  # nodes that another box uses, and the root
    cut: Counter[tuple[Any, int]]  # edges to (0) and from (1) a box that lead out of the part that is drawn


def joined(root: Value, order: Sequence[Value], keys: Keys, visible: set[Any]) -> Joints:
    """How the boxes of a graph join, edge by edge in the order of the arguments."""
    joints = Joints(defaultdict(list), {root}, Counter())
    for node in order:
        head = keys.get(node, node)
        for index, arg in enumerate(node.args):
            tail = keys.get(arg, arg)
            if same(tail, head):
                continue
            joints.results.add(arg)
            if tail in visible and head in visible:
                joints.edges[tail, head].append((node, index))
            elif head in visible:
                joints.cut[head, 0] += 1
            elif tail in visible:
                joints.cut[tail, 1] += 1
    return joints


def between(
    tail: Box, head: Box, edges: list[Edge], marked: set[Edge], named: Mapping[Value, str], local: bool
) -> Iterator[Arrow]:
    """The arrows from one box to another: one for each edge, or one for all where there are many."""
    bundled = tail.label_text.many or head.label_text.many or len(edges) > PARALLEL
    for together in [edges] if bundled else [[edge] for edge in edges]:
        node, index = together[0]
        words = ""
        if len(together) > 1:
            words = plural(len(together), "edge")
        elif not bundled and (node is head.node or head.node.op.name == "add"):  # a sum's slope by a term is 1
            words = derivative_text(node, index, head.node, named)
        marks = not marked.isdisjoint(together)
        label = words if local or marks or len(together) > 1 else ""
        yield Arrow(f"{head.id}_{head.entered}", tail.id, head.id, label, words, len(together), marks)
        head.entered += 1


def total_length(arrows: Sequence[Arrow]) -> int:
    """How many boxes all arrows reach across, if each box stands one behind the last of its inputs."""
    inputs: dict[str, set[str]] = defaultdict(set)
    for arrow in arrows:
        inputs[arrow.head].add(arrow.tail)
    place: dict[str, int] = {}
    for box in TopologicalSorter(inputs).static_order():
        place[box] = 1 + max((place[tail] for tail in inputs.get(box, ())), default=-1)
    first: dict[str, int] = {}  # a leaf stands beside what uses it first
    for arrow in arrows:
        first[arrow.tail] = min(first.get(arrow.tail, place[arrow.head]), place[arrow.head])
    return sum(place[arrow.head] - (place[arrow.tail] or first[arrow.tail] - 1) for arrow in arrows)
