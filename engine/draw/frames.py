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
    graph, keys = picture.graph, picture.folding.keys
    visible = {box.key for box in picture.boxes}
    roots = [graph.at[root] for root in graph.roots]
    results = joined(roots, graph.operations, picture.folding, visible).results
    inside: dict[int, list[int]] = {}
    for place in range(len(keys)):
        if keys[place] in visible and not was_number(place, graph):
            inside.setdefault(keys[place], []).append(place)
    for box in picture.boxes:
        members = inside.get(box.key, ())
        if len(members) > 1 and not (box.key in picture.folding.blocks and len(members) == len(keys)):
            yield box.id, partial(contents, frame, picture, box, members, results)


def was_number(place: int, graph: Graph) -> bool:
    """Return whether a node was a constant without a label when the graph was drawn: such go into symbols."""
    return not graph.operations.names[place] and graph.grads[place] is None and not graph.labels[place]


def contents(parent: Frame, picture: Picture, box: Box, members: Sequence[int], results: set[int]) -> Frame:
    """Return the frame of a box with these members."""
    graph, folding = picture.graph, picture.folding
    label = box.label_text
    title = printable(label.name or " ".join(label.symbols) or plural(len(members), NOUNS[label.kind]), 40)
    frame = Frame(title, parent, len(members), irregular=parent.irregular)
    operations = [place for place in members if graph.operations.names[place]]
    ends = [place for place in members if place in results] if operations else members
    if box.key in folding.blocks:
        frame.picture = part_picture(extracted(operations, graph, results), "blocks" if frame.irregular else "auto")
        return frame
    ends = sorted(ends, key=folding.turns.__getitem__)
    if len(ends) > 1:
        frame.rows = number_rows(ends, graph)
    units = separate(operations, graph, folding.turns)
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


def separate(operations: Sequence[int], graph: Graph, turns: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """Return operations in groups: those that hang together, in one turn of a loop."""
    inside, args = set(operations), graph.operations.args
    edges = ((arg, node) for node in operations for arg in args[node] if arg in inside and turns[arg] == turns[node])
    groups: dict[int, list[int]] = {}
    for node, part in connected(operations, edges).items():
        groups.setdefault(part, []).append(node)
    return list(groups.values())


def extracted(operations: Sequence[int], graph: Graph, results: set[int]) -> Graph:
    """Return some operations of a graph, with what they are made of, as a graph of its own.

    Its nodes hold what the graph's held when it was drawn. A result of other operations becomes a leaf, `Outside`.
    """
    inside, args, names = set(operations), graph.operations.args, graph.operations.names
    copies: dict[int, Value] = {}
    for place in operations:
        for arg in args[place]:
            if arg not in copies:
                copies[arg] = copied(arg, graph, Outside if names[arg] else type(graph.everything[arg]))
        copies[place] = copied(place, graph, Value)
        copies[place]._op_row = graph.everything[place].op
        put_arguments(copies[place], [copies[arg] for arg in args[place]])
    used = {arg for place in operations for arg in args[place]}
    roots = [copies[place] for place in operations if place in results or place not in used]
    named = {copy: graph.named[graph.everything[place]] for place, copy in copies.items()}
    called = {
        copy: graph.called[node]
        for place, copy in copies.items()
        if (node := graph.everything[place]) in graph.called
    }
    everything = list(dict.fromkeys(copies[each] for place in operations for each in (*args[place], place)))
    listed = Operations(everything)
    edges = {(listed.place[copies[place]], index) for place, index in graph.marked_edges if place in inside}
    marked = {listed.place[copies[place]] for place in graph.marked_nodes if place in copies}
    direction, local = graph.direction, graph.local
    return Graph(roots, everything, listed, named, called, marked, edges, direction, local, graph.heat, whole=False)


def copied(at: int, graph: Graph, kind: type[Value]) -> Value:
    """Return a leaf with what the node at a place held when the graph was drawn."""
    copy: Value = object.__new__(kind)
    copy._data, copy._grad, copy._label = graph.data[at], graph.grads[at], graph.labels[at]
    copy._op_row = copy._x = copy._y = None
    return copy


def number_rows(results: Sequence[int], graph: Graph) -> list[tuple[str, ...]]:
    """Return a row for each result, with its place, name and numbers; of many, the first and the last ones."""
    rows: list[tuple[str, ...]] = []
    for place, at in enumerate(results, 1):
        if len(results) > MOST_ROWS and MOST_ROWS // 2 < place <= len(results) - MOST_ROWS // 2:
            if len(rows) == MOST_ROWS // 2:
                rows.append((f"… {len(results) - MOST_ROWS:,} more", "", "", ""))
            continue
        grad = graph.grads[at]
        named = printable(graph.named[graph.everything[at]], 40)
        numbers = [format_number(graph.data[at]), "" if grad is None else format_number(grad)]
        rows.append((f"{place:,}", named, *map(true_minus, numbers)))
    return rows
