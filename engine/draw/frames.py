"""The frames of a drawing's page: the whole picture, what each of its boxes holds, and so on down.

A box of one thing that many nodes make, such as a block, opens as a picture of its nodes; a box of many things that
are alike, such as a layer, as a picture of one of them, beside a table of the numbers of all.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ..errors import DrawError
from ..graph import put_arguments
from ..printer import format_number, plural, printable, true_minus
from ..value import Value
from .fold import Operations, Outside
from .labels import NOUNS
from .loops import blocks, connected
from .picture import Graph, Picture, joined
from .size import LEAST_LETTERS, letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .picture import Box

MOST_PICTURES, MOST_FRAMES = 100, 300  # in a page, the whole picture included; other frames are tables
MOST_ROWS = 100  # of a table
DRAWN_WHOLE = 60  # nodes of a part that are drawn as they are
BLOCK_NODES, MAP_BLOCKS = 40, 9  # of a map: about how many nodes in a block, and at most how many blocks


@dataclass
class Frame:
    """A picture, a table, or both, under a title.

    - `links`: from its boxes, by their ids, to the frames of these.
    - `map`: the frame of all its nodes as blocks, where the picture shows a few.
    - `irregular`: whether it is a part of such a map, so that no other fold makes it small.
    - `closed`: how many boxes the page has no frame for.
    """

    title: str
    parent: Frame | None
    nodes: int
    picture: Picture | None = None
    rows: list[tuple[str, ...]] = field(default_factory=list)  # place, name, data, grad
    links: dict[str, Frame] = field(default_factory=dict)
    map: Frame | None = None
    irregular: bool = False
    closed: int = 0


def frames(picture: Picture) -> list[Frame]:
    """Return the frames of a picture's page, the whole picture first, each before what it leads to."""
    first = Frame(picture.name, None, len(picture.graph.everything), picture)
    found, waiting, pictures = [first], deque([first]), 1
    while waiting:
        frame = waiting.popleft()
        for box_id, open_box in boxes_to_open(frame):
            if pictures >= MOST_PICTURES or len(found) >= MOST_FRAMES:
                frame.closed += 1
                continue
            child = open_box()
            if box_id:
                frame.links[box_id] = child
            else:
                frame.map = child
            found.append(child)
            pictures += child.picture is not None
            waiting.append(child)
    return found


def boxes_to_open(frame: Frame) -> Iterator[tuple[str, Callable[[], Frame]]]:
    """Yield the id of each box that holds several nodes, and what makes its frame; "" for the map of all nodes."""
    picture = frame.picture
    if picture is None:
        return
    if picture.fold == "strongest" and (overview := map_of(picture.graph)):
        yield "", partial(Frame, f"all {frame.nodes:,} nodes", frame, frame.nodes, overview, irregular=True)
    graph, folding = picture.graph, picture.folding
    visible = {box.key for box in picture.boxes}
    results = joined(graph.roots, graph.operations, folding, visible).results
    inside: dict[object, list[Value]] = {}
    for node in graph.everything:
        if (key := folding.keys.get(node, node)) in visible and not was_number(node, graph):
            inside.setdefault(key, []).append(node)
    for box in picture.boxes:
        members = inside.get(box.key, ())
        if len(members) > 1 and not (box.key in folding.blocks and len(members) == len(graph.everything)):
            yield box.id, partial(contents, frame, picture, box, members, results)


def was_number(node: Value, graph: Graph) -> bool:
    """Return whether a node was a constant without a label when the graph was drawn: such go into symbols."""
    at = graph.at[node]
    return node.op is None and graph.grads[at] is None and not graph.labels[at]


def contents(parent: Frame, picture: Picture, box: Box, members: Sequence[Value], results: set[Value]) -> Frame:
    """Return the frame of a box with these members."""
    graph, folding = picture.graph, picture.folding
    label = box.label_text
    title = printable(label.name or " ".join(label.symbols) or plural(len(members), NOUNS[label.kind]), 40)
    frame = Frame(title, parent, len(members), irregular=parent.irregular)
    operations = [node for node in members if node.op]
    ends = [node for node in members if node in results] if operations else members
    if box.key in folding.blocks:
        frame.picture = part_picture(extracted(operations, graph, results), "blocks" if frame.irregular else "auto")
        return frame
    ends = sorted(ends, key=lambda node: folding.turns.get(node, ()))
    if len(ends) > 1:
        frame.rows = number_rows(ends, graph)
    units = separate(operations, folding.turns)
    unit = next((unit for unit in units if ends[0] in unit), [])
    if len(unit) > 1:
        if len(units) > 1:
            frame.title += f": one of {len(units):,}"
        frame.picture = part_picture(extracted(unit, graph, results), "loops")
    return frame


def part_picture(part: Graph, fold: str) -> Picture | None:
    """Return the picture of a part, folded if it is large; None for one that is too much for a picture."""
    if len(part.everything) <= DRAWN_WHOLE:
        fold = "none"
    elif fold == "blocks":
        return map_of(part)
    try:
        picture = part.best_picture(fold)
    except (DrawError, ValueError):  # ValueError: none of the folds makes a picture that can be laid out
        return None
    return map_of(part) or picture if picture.fold == "strongest" else legible(picture)


def map_of(graph: Graph) -> Picture | None:
    """Return a picture of all nodes as blocks; None if it is too much for a picture."""
    most = max(2, min(MAP_BLOCKS, round(len(graph.everything) / BLOCK_NODES)))
    try:
        return legible(graph.picture("blocks", blocks(graph.operations, most), "blocks", None))
    except DrawError:
        return None


def legible(picture: Picture) -> Picture:
    """Return a picture in the direction in which its letters are large enough, or else larger."""
    downward = replace(picture, direction="TB")
    sideways = letters(picture)
    return picture if sideways >= LEAST_LETTERS or sideways >= letters(downward) else downward


def separate(operations: Sequence[Value], turns: dict[Value, tuple[int, ...]]) -> list[list[Value]]:
    """Return operations in groups: those that hang together, in one turn of a loop."""
    inside = set(operations)
    edges = (
        (arg, node) for node in operations for arg in node.args if arg in inside and turns.get(arg) == turns.get(node)
    )
    groups: dict[Value, list[Value]] = {}
    for node, part in connected(operations, edges).items():
        groups.setdefault(part, []).append(node)
    return list(groups.values())


def extracted(operations: Sequence[Value], graph: Graph, results: set[Value]) -> Graph:
    """Return some operations of a graph, with what they are made of, as a graph of its own.

    Its nodes hold what the graph's held when it was drawn. A result of other operations becomes a leaf, `Outside`.
    """
    inside = set(operations)
    copies: dict[Value, Value] = {}
    for node in operations:
        for arg in node.args:
            if arg not in copies:
                copies[arg] = copied(arg, graph, Outside if arg.op else type(arg))
        copies[node] = copied(node, graph, Value)
        copies[node]._op_row = node.op
        put_arguments(copies[node], [copies[arg] for arg in node.args])
    used = {arg for node in operations for arg in node.args}
    roots = [copies[node] for node in operations if node in results or node not in used]
    named = {copy: graph.named[node] for node, copy in copies.items()}
    called = {copy: graph.called[node] for node, copy in copies.items() if node in graph.called}
    edges = {(copies[node], index) for node, index in graph.marked_edges if node in inside}
    marked = {copies[node] for node in graph.marked_nodes if node in copies}
    listed = Operations([copies[node] for node in operations])
    everything = list(dict.fromkeys(copies[each] for node in operations for each in (*node.args, node)))
    direction, local = graph.direction, graph.local
    return Graph(roots, everything, listed, named, called, marked, edges, direction, local, whole=False)


def copied(node: Value, graph: Graph, kind: type[Value]) -> Value:
    """Return a leaf with what a node held when the graph was drawn."""
    at = graph.at[node]
    copy: Value = object.__new__(kind)
    copy._data, copy._grad, copy._label = graph.data[at], graph.grads[at], graph.labels[at]
    copy._op_row = copy._x = copy._y = None
    return copy


def number_rows(results: Sequence[Value], graph: Graph) -> list[tuple[str, ...]]:
    """Return a row for each result, with its place, name and numbers; of many, the first and the last ones."""
    rows: list[tuple[str, ...]] = []
    for place, node in enumerate(results, 1):
        if len(results) > MOST_ROWS and MOST_ROWS // 2 < place <= len(results) - MOST_ROWS // 2:
            if len(rows) == MOST_ROWS // 2:
                rows.append((f"… {len(results) - MOST_ROWS:,} more", "", "", ""))
            continue
        at = graph.at[node]
        grad = graph.grads[at]
        named = printable(graph.named[node], 40)
        numbers = [format_number(graph.data[at]), "" if grad is None else format_number(grad)]
        rows.append((f"{place:,}", named, *map(true_minus, numbers)))
    return rows
