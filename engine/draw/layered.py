"""A plain layered layout of small graphs, for machines without a layout program: SVG as Graphviz writes it.

Boxes stand in columns, by `size.ranks`, or in rows, where the picture leads up or down. Each column is ordered by the
middle of its neighbors, sweep after sweep (Sugiyama, Tagawa and Toda, "Methods for visual understanding of
hierarchical system structures", 1981). An arrow that passes columns goes through a free place in each.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..printer import printable
from .dot import BACKWARD, FORWARD, INK, LONGEST_TEXT, PALE_BLUE, PALE_YELLOW, QUIET, heat_fill
from .legend import PLAIN, legend
from .render import NoLayout
from .size import FONT_SIZE, LETTER, LINE, box_size, ranks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .picture import Arrow, Box, Picture

MOST_PLAIN_BOXES = 40  # of which this layout is still legible
SWEEPS = 12
GAP, COLUMN_GAP, BORDER = 18.0, 46.0, 14.0  # points between boxes, between columns, and around all
CORNER, TIP_LENGTH = 8.0, 6.0  # points of a corner that is round or folded, and of an arrow's tip
HALO = ' stroke="white" stroke-width="3" paint-order="stroke"'  # around letters that an arrow may pass below
PASSING = 0.0, 0.0  # the size of a place that an arrow passes
FILLS = {
    "operation": (FORWARD, PALE_BLUE),
    "parameter": (INK, PALE_YELLOW),
    "constant": (QUIET, "none"),
    "outside": (FORWARD, "none"),
}
Point = tuple[float, float]


def can_lay_out(picture: Picture, most: int = MOST_PLAIN_BOXES) -> bool:
    """Tell whether a picture has at most `most` boxes, no cluster, no loop, no table, and nothing left out.

    >>> from engine import Value
    >>> from engine.draw.picture import picture
    >>> can_lay_out(picture(Value(2.0) * 3.0, None, "auto", None, None, None, False))
    True
    """
    simple = (
        picture.fold in PLAIN and not picture.clusters.inner and not any(arrow.carried for arrow in picture.arrows)
    )
    whole = not any(box.label_text.table or any(box.cut) for box in picture.boxes)
    return simple and whole and len(picture.boxes) <= most


class Axes(NamedTuple):
    """Where a picture's direction leads: points are (along, across) it, and an SVG has (x, y)."""

    direction: str
    length: float  # of the picture along its direction

    def point(self, along: float, across: float) -> Point:
        """Return a place in an SVG.

        >>> Axes("LR", 100.0).point(10.0, 2.0), Axes("BT", 100.0).point(10.0, 2.0)
        ((10.0, 2.0), (2.0, 90.0))
        """
        if self.direction in ("RL", "BT"):
            along = self.length - along
        return (along, across) if self.sideways else (across, along)

    def span(self, size: Point) -> Point:
        """Return how far a box of a width and a height reaches along and across."""
        return size if self.sideways else (size[1], size[0])

    @property
    def sideways(self) -> bool:
        """Whether the picture leads to the right or to the left."""
        return self.direction in ("LR", "RL")


def drawn_plainly(pictures: Sequence[Picture], problem: NoLayout, most: int = MOST_PLAIN_BOXES) -> list[bytes]:
    """Return pictures as SVG where no program lays them out; `problem` says why.

    Raises it, with what can be drawn plainly, if one of the pictures cannot be.
    """
    if not all(can_lay_out(picture, most) for picture in pictures):
        plainly = f"without one, a graph that is not folded is drawn plainly, up to {most} nodes, as .svg or .html"
        raise NoLayout(f"{problem} ({plainly})")
    return [layered_svg(picture) for picture in pictures]


def layered_svg(picture: Picture) -> bytes:
    """Return a picture for which `can_lay_out` is true as SVG."""
    columns, axes = ordered(picture), Axes(picture.direction, 0.0)
    sizes = {box.id: box_size(box) for box in picture.boxes}
    spans = {name: axes.span(size) for name, size in sizes.items()}
    breadths = [sum(spans.get(name, PASSING)[1] + GAP for name in column) for column in columns]
    breadth = max(breadths)
    rank = {name: number for number, column in enumerate(columns) for name in column}
    words = [0.0] * len(columns)  # the space for labels of the arrows into a column
    for arrow in picture.arrows:
        space = len(arrow.label) * LETTER if axes.sideways else LINE * bool(arrow.label)
        words[rank[arrow.head]] = max(words[rank[arrow.head]], space)
    places: dict[str, Point] = {}
    along = 0.0
    for number, column in enumerate(columns):
        if number:
            along += COLUMN_GAP + words[number]
        thickness = max(spans.get(name, PASSING)[0] for name in column)
        across = (breadth - breadths[number]) / 2
        for name in column:
            width = spans.get(name, PASSING)[1]
            places[name] = along + thickness / 2, across + width / 2
            across += width + GAP
        along += thickness
    axes = Axes(picture.direction, along)
    parts = [line for box in picture.boxes for line in box_lines(box, axes.point(*places[box.id]), sizes[box.id])]
    taken: list[Point] = []  # where labels of arrows are
    for arrow in picture.arrows:
        ways = [name for column in columns for name in column if name.startswith(f"{arrow.id} ")]
        parts += arrow_lines(arrow, [places[name] for name in (arrow.tail, *ways, arrow.head)], spans, axes, taken)
    width, height = axes.span((along, breadth))
    for text in legend(picture):
        height += LINE + 2
        width = max(width, len(text) * LETTER)
        parts.append(text_line(0.0, height, text, QUIET))
    return framed(parts, width, height)


def framed(parts: list[str], width: float, height: float) -> bytes:
    """Return the SVG of what is drawn, with a white border around it."""
    right, bottom = width + BORDER, height + BORDER
    whole, high = width + 2 * BORDER, height + 2 * BORDER
    head = f'<svg width="{whole:.0f}pt" height="{high:.0f}pt"\n viewBox="0.00 0.00 {whole:.2f} {high:.2f}" '
    head += 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    shift = f'<g id="graph0" class="graph" transform="translate({BORDER} {BORDER})">\n<title>graph</title>'
    corners = f"{-BORDER},{-BORDER} {right:.1f},{-BORDER} {right:.1f},{bottom:.1f} {-BORDER},{bottom:.1f}"
    background = f'<polygon fill="white" stroke="none" points="{corners}"/>'
    maker = "<!-- Generated by Gradwalk (plain layout) -->"
    return "\n".join([maker, head, shift, background, *parts, "</g>", "</svg>", ""]).encode()


def ordered(picture: Picture) -> list[list[str]]:
    """Return the names in each column from top to bottom: boxes, and a place for each arrow that passes the column.

    The place of an arrow is named after the arrow and the column.
    """
    rank = ranks(picture)
    least = min(rank.values())
    columns: list[list[str]] = [[] for _ in range(max(rank.values()) - least + 1)]
    for box in picture.boxes:
        columns[rank[box.id] - least].append(box.id)
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for arrow in picture.arrows:
        passed = [f"{arrow.id} {at}" for at in range(rank[arrow.tail] - least + 1, rank[arrow.head] - least)]
        for name in passed:
            columns[int(name.rpartition(" ")[2])].append(name)
        way = [arrow.tail, *passed, arrow.head]
        for one, other in pairwise(way):
            before.setdefault(other, []).append(one)
            after.setdefault(one, []).append(other)
    for sweep in range(SWEEPS):
        neighbors = after if sweep % 2 else before
        for column in reversed(columns) if sweep % 2 else columns:
            at = {name: index / len(other) for other in columns for index, name in enumerate(other)}
            near = {name: [at[each] for each in neighbors.get(name, [])] for name in column}
            column.sort(key=lambda name: sum(near[name]) / len(near[name]) if near[name] else at[name])
    return columns


def box_lines(box: Box, middle: Point, size: Point) -> Iterator[str]:
    """Yield the lines of a box: its shape, its symbols, and its name and numbers."""
    label, (x, y), (width, height) = box.label_text, middle, size
    color, fill = FILLS.get(label.kind, (INK, "#FFFFFF"))
    if box.heat is not None:
        fill = heat_fill(box.heat)
    stroke, thick = (BACKWARD.lower(), 3.5) if box.marked else (color.lower(), 1.2)
    dashes = ' stroke-dasharray="5,2"' if label.kind in ("constant", "outside") else ""
    yield f'<g id="{box.id}" class="node">\n<title>{box.id}</title>'
    for inset in (0.0, 4.0) if box.root else (0.0,):
        inside = "none" if inset else fill.lower()
        line = f'stroke="{stroke}" stroke-width="{thick}"{dashes}'
        yield from shape_lines(label.kind, middle, (width + 2 * inset, height + 2 * inset), inside, line)
    side = x
    if label.symbols:
        space = 18 + 8.0 * max(map(len, label.symbols))
        side = x - width / 2 + space
        for number, symbol in enumerate(label.symbols):
            down = y + 5 + 18 * (number - (len(label.symbols) - 1) / 2)
            yield text_line(side - space / 2, down, symbol, INK, "middle", 18 if len(symbol) == 1 else 14)
        line = f"{side:.1f},{y - height / 2 + 1:.1f} {side:.1f},{y + height / 2 - 1:.1f}"
        yield f'<polyline fill="none" stroke="{stroke}" points="{line}"/>'
    lines = list(words_of(box))
    for number, (text, color, look) in enumerate(lines):
        down = y + 4 + LINE * (number - (len(lines) - 1) / 2)
        if label.symbols:
            yield text_line(side + 6, down, text, color, look=look)
        else:
            yield text_line(x, down, text, color, "middle", look=look)
    yield "</g>"


def words_of(box: Box) -> Iterator[tuple[str, str, str]]:
    """Yield each line of a box's text, its color, and how its letters look. On a fill, all are dark."""
    label = box.label_text
    look = ' font-weight="bold"' if label.labeled or label.many else ' font-style="italic"' if label.data else ""
    lines = [("► " * box.marked + printable(label.name), INK, look)] if label.name or box.marked else []
    lines += [(note, QUIET, "") for note in label.notes]
    lines += [(f"data {label.data}", FORWARD, "")] if label.data else []
    lines += [(f"grad {label.grad}", BACKWARD, "")] if label.grad else []
    for text, color, look in lines:
        yield text, color if box.heat is None else INK, look


def shape_lines(kind: str, middle: Point, size: Point, fill: str, line: str) -> Iterator[str]:
    """Yield the lines of the shape that shows what a node is, as in Graphviz's drawings."""
    (x, y), (width, height) = middle, size
    left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    style = f'fill="{fill}" {line}'
    if kind == "leaf":
        yield f'<ellipse {style} cx="{x:.1f}" cy="{y:.1f}" rx="{width / 2:.1f}" ry="{height / 2:.1f}"/>'
    elif kind in ("operation", "outside"):  # round corners
        c = CORNER
        yield (
            f'<path {style} d="M{left + c:.1f},{top:.1f}L{right - c:.1f},{top:.1f}Q{right:.1f},{top:.1f} {right:.1f},'
            f"{top + c:.1f}L{right:.1f},{bottom - c:.1f}Q{right:.1f},{bottom:.1f} {right - c:.1f},{bottom:.1f}"
            f"L{left + c:.1f},{bottom:.1f}Q{left:.1f},{bottom:.1f} {left:.1f},{bottom - c:.1f}"
            f'L{left:.1f},{top + c:.1f}Q{left:.1f},{top:.1f} {left + c:.1f},{top:.1f}"/>'
        )
    elif kind == "parameter":  # a folded corner
        inner, under = right - CORNER, top + CORNER
        points = f"{left:.1f},{top:.1f} {inner:.1f},{top:.1f} {right:.1f},{under:.1f} {right:.1f},{bottom:.1f}"
        yield f'<polygon {style} points="{points} {left:.1f},{bottom:.1f}"/>'
        crease = f"{inner:.1f},{top:.1f} {inner:.1f},{under:.1f} {right:.1f},{under:.1f}"
        yield f'<polyline fill="none" {line} points="{crease}"/>'
    else:
        points = f"{left:.1f},{top:.1f} {right:.1f},{top:.1f} {right:.1f},{bottom:.1f} {left:.1f},{bottom:.1f}"
        yield f'<polygon {style} points="{points}"/>'


def text_line(
    x: float, y: float, text: str, color: str, anchor: str = "start", size: float = FONT_SIZE, look: str = ""
) -> str:
    return (
        f'<text text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}"{look} '
        f'font-size="{size:.2f}" fill="{color.lower()}">{escape(printable(text, LONGEST_TEXT))}</text>'
    )


def arrow_lines(
    arrow: Arrow, way: list[Point], spans: dict[str, Point], axes: Axes, taken: list[Point]
) -> Iterator[str]:
    """Yield the lines of an arrow: a line along a way that ends at its two boxes, a tip, and its label.

    A marked one points back, the way that a gradient flows.
    """
    (start, first), (end, last) = way[0], way[-1]
    start, end = start + spans[arrow.tail][0] / 2, end - spans[arrow.head][0] / 2
    color, thick = (BACKWARD.lower(), 3.5) if arrow.marked else (FORWARD.lower(), 1.0)
    corners = [(end - TIP_LENGTH - 1, last - 3.5), (end, last), (end - TIP_LENGTH - 1, last + 3.5)]
    if arrow.marked:
        corners = [(start + TIP_LENGTH + 1, first - 3.5), (start, first), (start + TIP_LENGTH + 1, first + 3.5)]
        start += TIP_LENGTH
    else:
        end -= TIP_LENGTH
    points = [(start, first), *way[1:-1], (end, last)]
    path = "M{:.2f},{:.2f}".format(*axes.point(start, first))
    for (before, across), (after, beside) in pairwise(points):
        middle = (before + after) / 2
        bend = axes.point(middle, across), axes.point(middle, beside), axes.point(after, beside)
        path += "C" + " ".join(f"{x:.2f},{y:.2f}" for x, y in bend)
    tip = " ".join(f"{x:.1f},{y:.1f}" for x, y in (axes.point(*corner) for corner in corners))
    yield f'<g id="{arrow.id}" class="edge">\n<title>{arrow.id}</title>'
    yield f'<path fill="none" stroke="{color}" stroke-width="{thick:.1f}" d="{path}"/>'
    yield f'<polygon fill="{color}" stroke="{color}" points="{tip}"/>'
    if text := arrow.label or "►" * arrow.marked:
        (x1, y1), (x2, y2) = (axes.point(*point) for point in points[-2:])
        x, y = ((x1 + x2) / 2, (y1 + y2) / 2 - 4) if axes.sideways else ((x1 + x2) / 2 + 4, (y1 + y2) / 2 + 4)
        down = y1 <= y2
        while any(abs(x - other) < LETTER * len(text) and abs(y - height) < LINE - 1 for other, height in taken):
            y += LINE if down else -LINE
        taken.append((x, y))
        quiet = arrow.edges > 1 or arrow.turns
        look = HALO + ' font-weight="bold"' * arrow.marked
        anchor = "middle" if axes.sideways else "start"
        yield text_line(x, y, text, QUIET if quiet else BACKWARD, anchor, 11, look)
    yield "</g>"
