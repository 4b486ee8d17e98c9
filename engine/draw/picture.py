"""What a drawing shows: its boxes, its arrows and their words, before anything is laid out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import choose
from ..errors import DrawError
from ..graph import nodes
from ..naming import textbook_labels
from ..printer import NamesWhenRead, plural, printable
from ..unrecorded import check_recorded
from . import options
from .choose import FOLDS, foldings, part, too_much
from .dot import FIRST_TURN
from .fold import LIMIT, Operations
from .labels import block_label, derivative_text, node_label
from .size import LEAST_LETTERS, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..program.periods import Loop
    from ..value import Value
    from .fold import Folding
    from .labels import NodeLabel

    Edge = tuple[int, int]  # the place of an operation, and the index of the argument

MOST_CROSSINGS = 20_000  # boxes that the arrows may cross in all: this many are laid out within seconds
SHORT = ("loops", "layers", "both", "blocks", "strongest")  # folds whose boxes show no names that nobody gave
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
    loop: Loop | None = None  # the innermost loop that it stands in
    row: tuple[int, int] | None = None  # a group of boxes that many rows share: its number, and the count of rows
    entered: int = 0  # arrows to it
    key: int = -1  # of its nodes in the fold
    heat: float | None = None  # its |grad| as a part of the largest, if it is filled by that


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
    loop: Loop | None = None  # from one turn of which it leads to a later one
    turns: bool = False  # its label says which turns of a loop it joins
    width: float = 0.0  # how strong it is, from 0 to 1; 0 for an arrow like all others

    @property
    def carried(self) -> bool:
        """Whether it leads from one turn of a loop to a later one."""
        return self.loop is not None


@dataclass
class Cluster:
    """Boxes with a border around them: one turn of a loop, or one of many rows."""

    id: str
    label: str
    boxes: list[Box]
    inner: list[Cluster]

    @property
    def inside(self) -> list[Cluster]:
        """All the clusters in it, each before those in it."""
        return [each for cluster in self.inner for each in (cluster, *cluster.inside)]


@dataclass
class Picture:
    """All that is drawn."""

    direction: str
    name: str  # of the root
    summary: str
    boxes: list[Box]
    arrows: list[Arrow]
    length: int  # of the arrows in all, in boxes: what a layout takes grows faster than this
    fold: str  # the name of the fold
    graph: Graph  # that it is of
    folding: Folding
    hottest: float | None = None  # the largest |grad|, where boxes are filled by it

    @cached_property
    def clusters(self) -> Cluster:
        """The boxes in the clusters that they stand in; the outermost one is the whole picture."""
        carriers = {loop for arrow in self.arrows if (loop := arrow.loop)}
        ordered = {box.loop for box in self.boxes if "→" in box.label_text.data + box.label_text.grad}
        whole = Cluster("", "", [], [])
        found: dict[Any, Cluster] = {}
        for box in self.boxes:
            place = whole
            frames: list[tuple[Any, str]] = []
            for loop in around(box):
                what = "step" if loop in carriers else "row"
                ends = "; first → last" if loop in ordered else ""
                frames.append((loop, f"one {what} of {loop.count:,}, all alike{ends}"))
            if box.row:
                frames.append(((box.loop, box.row), f"one row of {box.row[1]:,}, all alike"))
            for frame, label in frames:
                if frame not in found:
                    found[frame] = Cluster(f"c{len(found)}", label, [], [])
                    place.inner.append(found[frame])
                place = found[frame]
            place.boxes.append(box)
        return whole

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
    root: Value,
    direction: str | None,
    fold: str,
    focus: Value | None,
    depth: int | None,
    highlight: Any,
    local: bool,
    heat: bool = False,
) -> Picture:
    """The picture of a graph; the arguments are those of `draw`."""
    check_recorded(options.node("root", root), "draw()")
    if direction is not None:
        choose("direction", direction, options.DIRECTIONS, DrawError)
    choose("fold", fold, ("auto", *FOLDS), DrawError)
    partly = focus is not None or depth is not None
    reach = options.steps(2 if depth is None else depth) if partly else None
    everything = nodes(root)
    center = root if focus is None else options.node("focus", focus, everything)
    marked_nodes, marked_edges = options.marks(highlight, everything)
    listed = Operations(everything)
    place = listed.place
    called = textbook_labels(everything)
    named = NamesWhenRead(everything, called)
    nodes_marked, edges_marked = {place[node] for node in marked_nodes}, {(place[z], i) for z, i in marked_edges}
    graph = Graph(
        [root], everything, listed, named, called, nodes_marked, edges_marked, direction or "LR", local, heat
    )
    if reach is not None:
        name, folding = part(listed, fold, place[center], reach)
        return graph.picture(name, folding, fold, reach)
    return graph.best_picture(fold, turn=direction is None)


@dataclass
class Graph:
    """A graph that is to be drawn."""

    roots: Sequence[Value]  # nodes whose numbers are results: the root, or of a part all that leave it
    everything: Sequence[Value]
    operations: Operations
    named: Mapping[Value, str]
    called: Mapping[Value, str]  # labels that are shown instead of the nodes' own
    marked_nodes: set[int]  # by their places in `everything`, as in all that folds
    marked_edges: set[Edge]
    direction: str
    local: bool
    heat: bool = False  # boxes are filled by their |grad|
    whole: bool = True  # not a part of another graph

    def __post_init__(self) -> None:
        """Keep what nodes hold at this moment, for pictures of parts that are made later."""
        self.data: list[float] = [node._data for node in self.everything]
        self.grads: list[Any] = [node._grad for node in self.everything]
        self.labels: list[str] = [node._label for node in self.everything]

    @property
    def at(self) -> dict[Value, int]:
        """The place of each node in `everything`."""
        return self.operations.place

    def best_picture(self, fold: str, turn: bool = True) -> Picture:
        """Return the picture whose letters are large enough, or else the one with the largest.

        With `turn`, it may go from top to bottom where only that can be read.
        """
        candidates: list[tuple[float, Picture]] = []
        for name, folding in foldings(self.operations, fold):
            try:
                candidate = self.picture(name, folding, fold, None)
            except DrawError:
                if fold != "auto":
                    raise
                continue
            candidates.append((letters(candidate), candidate))
            if candidates[-1][0] >= LEAST_LETTERS:
                return candidate
            if turn and fold == "auto":
                downward = replace(candidate, direction="TB")
                candidates.append((letters(downward), downward))
                if candidates[-1][0] >= LEAST_LETTERS:
                    return downward
        return max(candidates, key=lambda each: each[0])[1]

    def picture(self, name: str, folding: Folding, asked: str, reach: int | None) -> Picture:
        """Return the picture that a fold gives, or raise DrawError if it is too large."""
        keys, visible = folding.keys, folding.visible
        if visible is None:
            visible = {*keys}
        elif reach is None:  # what is highlighted is drawn
            edges = [(head, self.operations.args[head][index]) for head, index in self.marked_edges]
            visible = visible | {keys[node] for node in self.marked_nodes.union(*edges)}
        if len(visible) > LIMIT:
            problem = f"this graph of {len(self.everything):,} nodes makes {len(visible):,} boxes with fold={name!r}"
            raise too_much(f"{problem}, and a picture holds {LIMIT:,}", reach, asked)
        joints = joined([self.at[root] for root in self.roots], self.operations, folding, visible)
        boxes = self._boxes(name, folding, visible, joints)
        arrows = self._arrows(folding, joints, boxes)
        length = total_length(arrows)
        if length > MOST_CROSSINGS:
            problem = f"this picture has arrows across {length:,} boxes in all"
            raise too_much(f"{problem}, and more than {MOST_CROSSINGS:,} is a tangle", reach, asked)
        many, leaves = len(self.everything), len(self.everything) - len(self.operations.order)
        summary = f"{plural(many, 'node')}, {leaves:,} of them {'a leaf' if leaves == 1 else 'leaves'}"
        partly = reach is not None or folding.visible is not None
        if partly or len(boxes) < many:
            summary += f", {'a part ' if partly else ''}drawn as {plural(len(boxes), 'box')}"
        shown = printable(self.named[self.roots[-1]], 60)
        hottest = self._heat(boxes.values(), folding, joints) if self.heat else None
        return Picture(
            self.direction, shown, summary, [*boxes.values()], arrows, length, name, self, folding, hottest
        )

    def _boxes(self, name: str, folding: Folding, visible: set[int], joints: Joints) -> dict[int, Box]:
        """Return the boxes by their keys, in the order of their last nodes."""
        keys, everything = folding.keys, self.everything
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place in range(len(keys) - 1, -1, -1):
            members[keys[place]].append(place)
        marked = {keys[node] for node in self.marked_nodes}
        for head, index in self.marked_edges:  # an edge inside of a box marks the box
            marked |= {keys[head]} & {keys[self.operations.args[head][index]]}
        short = name in SHORT and not self.local
        boxes: dict[int, Box] = {}
        root = self.at[self.roots[-1]] if self.whole else -1
        for key, places in reversed(members.items()):
            if key not in visible:
                continue
            places.reverse()
            inside = [everything[place] for place in places]
            results = [place for place in places if place in joints.results]
            loop = folding.loops.get(key)
            if key in folding.blocks:
                named = [box.label_text.name for box in boxes.values() if box.label_text.kind == "block"]
                words = block_label(inside, [everything[place] for place in results], named)
            else:
                results.sort(key=folding.turns.__getitem__)
                shown = [everything[place] for place in results]
                words = node_label(inside, shown, self.named, self.called, loop.turns if loop else 1, short)
            cut = joints.cut[key, 0], joints.cut[key, 1]
            box = Box(f"n{len(boxes)}", words, inside[-1], root >= 0 and keys[root] == key, key in marked, cut)
            box.loop, box.row, box.key = loop, folding.rows.get(key), key
            boxes[key] = box
        layers = [box.label_text for box in boxes.values() if box.label_text.neurons]
        for number, words in enumerate(layers, 1):
            words.name = words.name or f"layer {number}"
        if name == "neurons" and not self.local:
            without_made_up_names([box.label_text for box in boxes.values()])
        return boxes

    def _heat(self, boxes: Iterable[Box], folding: Folding, joints: Joints) -> float:
        """Set how large the |grad| of each box is as a part of the largest, and return that.

        A box of several nodes has the largest of theirs; what needs no gradient is not filled.
        """
        size: dict[int, float] = {}
        for place, key in enumerate(folding.keys):
            grad = self.grads[place]
            if grad is not None and (place in joints.results or not self.operations.names[place]):
                size[key] = max(size.get(key, 0.0), abs(grad))
        shown = [box for box in boxes if box.key in size]
        top = max((size[box.key] for box in shown), default=0.0)
        for box in shown:
            box.heat = relative(size[box.key], top) if top else 0.0
        return top

    def _arrows(self, folding: Folding, joints: Joints, boxes: Mapping[int, Box]) -> list[Arrow]:
        """Return the arrows, by their heads and the order of the arguments."""
        strength = folding.strength
        drawn = [edge for edges in joints.edges.values() for edge in edges if edge in strength]
        top = max((strength[edge] for edge in drawn), default=0.0)
        arrows = []
        for (tail, head, loop), edges in joints.edges.items():
            for arrow in self._between(boxes[tail], boxes[head], edges):
                self._tell_turns(arrow, boxes[tail], boxes[head], loop, edges, folding)
                arrow.width = relative(strength[edges[0]], top) if edges[0] in strength else 0.0
                arrows.append(arrow)
        return arrows

    def _tell_turns(
        self, arrow: Arrow, tail: Box, head: Box, loop: Loop | None, edges: Sequence[Edge], folding: Folding
    ) -> None:
        """Say in the label of an arrow which turns of a loop it joins."""
        args = self.operations.args
        if loop is not None:
            arrow.loop, arrow.turns = loop, True
            arrow.label = next_step(loop, self.operations, edges, folding)
            return
        if tail.loop is head.loop is None:
            return
        turns = folding.turns
        shared = sum(one is other for one, other in zip(around(tail), around(head)))
        entered, left = around(head)[shared:], around(tail)[shared:]
        last = [each.count - 1 for each in left]
        if entered and all(not any(turns[node][shared:]) for node, _ in edges):
            arrow.label, arrow.turns = FIRST_TURN, True
        elif left and all([*turns[args[node][index]][shared:]] == last for node, index in edges):
            arrow.label, arrow.turns = "last", True
        elif arrow.edges > 1:
            each, rest = divmod(arrow.edges, max(tail.label_text.turns, head.label_text.turns))
            if not rest:
                arrow.label = f"{each:,} edges a step" if each > 1 else ""

    def _between(self, tail: Box, head: Box, edges: list[Edge]) -> Iterator[Arrow]:
        """The arrows from one box to another: one for each edge, or one for all where there are many."""
        bundled = tail.label_text.many or head.label_text.many or len(edges) > PARALLEL
        for together in [edges] if bundled else [[edge] for edge in edges]:
            place, index = together[0]
            node = self.everything[place]
            words = ""
            if len(together) > 1:
                words = plural(len(together), "edge")
            elif not bundled and (node is head.node or head.node.op.name == "add"):  # a sum's slope by a term is 1
                words = derivative_text(node, index, head.node, self.named)
            marks = not self.marked_edges.isdisjoint(together)
            label = words if self.local or marks or len(together) > 1 else ""
            yield Arrow(f"{head.id}_{head.entered}", tail.id, head.id, label, words, len(together), marks)
            head.entered += 1


def without_made_up_names(labels: Sequence[NodeLabel]) -> None:
    """Leave names that nobody gave out of boxes, but for those that a neuron's table mentions."""
    mentioned = {
        text for label in labels for row in label.table for text in (row.name, row.factor.removeprefix("× "))
    }
    for label in labels:
        if label.grad and not label.labeled and label.name not in mentioned and not label.table:
            label.name = ""


def relative(strength: float, top: float) -> float:
    """Return a strength as a part of the strongest, from 0 to 1."""
    return min(1.0, strength / top) if 0.0 < top < float("inf") else float(strength == top)


class Joints(NamedTuple):
    """How boxes join."""

    edges: dict[tuple[int, int, Loop | None], list[Edge]]  # by two boxes, and the loop whose turns they join
    results: set[int]  # nodes that another box uses, and the roots
    cut: Counter[tuple[int, int]]  # edges to (0) and from (1) a box that lead out of the part that is drawn


def joined(roots: Sequence[int], graph: Operations, folding: Folding, visible: set[int]) -> Joints:
    """Return how the boxes of a graph join, edge by edge in the order of the arguments."""
    joints = Joints(defaultdict(list), {*roots}, Counter())
    keys, turns, all_args = folding.keys, folding.turns, graph.args
    edges, see = joints.edges, joints.results.add
    for node in graph.order:
        head, turn = keys[node], turns[node]
        for index, arg in enumerate(all_args[node]):
            tail = keys[arg]
            loop = carrier(folding, arg, node) if turn and turns[arg] and turns[arg] != turn else None
            if tail == head and loop is None:
                continue
            see(arg)
            if tail in visible and head in visible:
                edges[tail, head, loop].append((node, index))
            elif head in visible:
                joints.cut[head, 0] += 1
            elif tail in visible:
                joints.cut[tail, 1] += 1
    return joints


def carrier(folding: Folding, arg: int, node: int) -> Loop | None:
    """Return the loop from one turn of which an edge leads to another turn; None for any other edge."""
    before, after = folding.turns[arg], folding.turns[node]
    if before == after or not before or not after:
        return None
    inner, other = folding.loops[folding.keys[arg]], folding.loops[folding.keys[node]]
    if inner is other and inner.parent is None:
        return inner
    for tail, head, earlier, later in zip(inner.around, other.around, before, after):
        if tail is not head:
            return None
        if earlier != later:
            return tail
    return None


def next_step(loop: Loop, graph: Operations, edges: Sequence[Edge], folding: Folding) -> str:
    """Return how many turns of a loop lie between the ends of edges; of nested loops, which one it is."""
    depth = len(loop.around) - 1
    turns, args = folding.turns, graph.args
    lags = {turns[node][depth] - turns[args[node][index]][depth] for node, index in edges}
    nested = depth or any(other.parent is loop for other in folding.loops.values())
    which = f" of {loop.count:,}" if nested else ""
    if lags == {1}:
        return f"next step{which}"
    return f"{min(lags)} steps{which} later" if len(lags) == 1 else f"later steps{which}"


def around(box: Box) -> list[Loop]:
    """Return the loops around a box, outermost first."""
    return box.loop.around if box.loop else []


def total_length(arrows: Sequence[Arrow]) -> int:
    """How many boxes all arrows reach across, if each box stands one behind the last of its inputs."""
    arrows = [arrow for arrow in arrows if not arrow.carried]
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
