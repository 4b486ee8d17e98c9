"""A walk as a film for slides: the graph of its page, painted by matplotlib, with the step and its equation below."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from ..draw.dot import BACKWARD, FORWARD, INK, QUIET
from ..film import new_figure, save_film
from ..page import PageError
from .explain import outlook, place, subject
from .page import PAGE_STYLE, edge, equation_of, graph, headline, meant_by, page_words
from .trace import WalkError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .cursor import Walk
    from .explain import Wording
    from .trace import Step

MOST_FILMED = 300  # of a film: at 1.5 seconds each it lasts over seven minutes
SECONDS = 1.5  # that each step is shown
NARROWER = 0.86  # of its size is a letter of a wider font than boxes were measured in
LINE_LETTERS = 96  # in a line below the graph
LARGEST, FOLLOWING, READABLE = 2.4, 1.5, 1.1  # dots in a point of the drawing: letters of 29, 18 and 13 pixels
AROUND_STEP = 40.0  # points around what a step is about
TIP = 11.0, 4.0  # length and half the width of the tip of an arrow, in points of the drawing


def film(walk: Walk, target: Path) -> Path:
    """Write a walk as a .gif or an .mp4: a picture for the start, and one for each step.

    Raises WalkError for more than 300 steps and for a tangle, DrawError if nothing here can lay out a graph,
    MissingExtra without matplotlib, and PageError for an .mp4 without ffmpeg.
    """
    if len(walk) > MOST_FILMED:
        raise WalkError(
            f"This walk has {len(walk):,} steps, and a film shows up to {MOST_FILMED:,}: walk a smaller graph, or "
            f"save a page, {target.with_suffix('.html').name!r}."
        )
    figure = new_figure(target.name)
    scene = Scene(walk, figure)
    return save_film(target, figure, scene.show, len(walk) + 1, SECONDS, PageError)


class Scene:
    """The graph and the words of a walk in a figure of matplotlib; `show` sets them to a step."""

    walk: Walk
    wording: Wording

    def __init__(self, walk: Walk, figure: Any) -> None:
        self.walk, self.wording = walk, page_words(walk.trace)
        self.nodes: dict[str, Shapes] = {}
        self.edges: dict[str, Shapes] = {}
        title = "\n".join(wrap(PAGE_STYLE.fit(headline(self.wording)), 84)[:1])
        figure.text(0.03, 0.955, title, fontsize=18, weight="bold", color=INK, va="center", parse_math=False)
        self.axes: Any = figure.add_axes((0.02, 0.27, 0.96, 0.64))
        self.axes.set_axis_off()
        self.words: list[Any] = [
            figure.text(0.03, y, "", fontsize=size, color=color, weight=weight, va="top", parse_math=False)
            for y, size, color, weight in (
                (0.235, 16, INK, "bold"),
                (0.155, 16, BACKWARD, "normal"),
                (0.08, 18, INK, "bold"),
            )
        ]
        self._paint_graph(figure)

    def _paint_graph(self, figure: Any) -> None:
        svg = graph(self.walk, self.wording)
        plain = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg[svg.index("<svg") : svg.index("</svg>") + len("</svg>")])
        drawing = ElementTree.fromstring(plain)
        width, height = (float(number) for number in drawing.attrib["viewBox"].split()[2:])
        moved = re.search(r"translate\((\S+)[ ,]+(\S+)\)", drawing.find("g").attrib.get("transform", ""))  # type: ignore[union-attr]
        left, top = (-float(moved[1]), -float(moved[2])) if moved else (0.0, 0.0)
        self.whole: tuple[float, float, float, float] = left, top, left + width, top + height
        self.dots: Any = 72 / figure.dpi  # points of the figure in a dot
        kinds = {"node": self.nodes, "edge": self.edges}
        for group in drawing.iter("g"):
            if (kind := group.get("class", "")) in kinds:
                kinds[kind][group.attrib["id"]] = Shapes(group, self.axes, edge=kind == "edge")

    def _aim(self, step: Step | None) -> None:
        """Show the whole graph where its letters can be read, else the part around a step; at the start, the root."""
        space, (left, top, right, bottom) = self.axes.get_window_extent(), self.whole
        scale = min(
            space.width / (right - left), space.height / (bottom - top), LARGEST
        )  # dots in a point of the drawing
        x, y = (left + right) / 2, (top + bottom) / 2
        if scale < READABLE:
            nodes = {step.node, step.target, *(step.node.args if step.kind == "forward" else ())} if step else ()
            seen = [self.nodes[f"n{self.walk.trace.at[node]}"].extent for node in nodes or [self.walk.trace.root]]
            near = min(each[0] for each in seen), min(each[1] for each in seen)
            far = max(each[2] for each in seen), max(each[3] for each in seen)
            around = far[0] - near[0] + AROUND_STEP, far[1] - near[1] + AROUND_STEP
            scale = max(scale, min(FOLLOWING, space.width / around[0], space.height / around[1]))
            x = held_in((near[0] + far[0]) / 2, space.width / scale, left, right)
            y = held_in((near[1] + far[1]) / 2, space.height / scale, top, bottom)
        wide, high = space.width / scale / 2, space.height / scale / 2
        self.axes.set_xlim(x - wide, x + wide)
        self.axes.set_ylim(y + high, y - high)  # downward, as in a drawing
        for shapes in (*self.nodes.values(), *self.edges.values()):
            least_x, least_y, most_x, most_y = shapes.extent
            in_view = least_x < x + wide and most_x > x - wide and least_y < y + high and most_y > y - high
            shapes.place(scale * self.dots, in_view)

    def show(self, taken: int) -> None:
        """Show the walk after so many steps."""
        trace, gradients = self.walk.trace, self.walk.trace.gradients(taken)
        computed = {*trace.forward[:taken], *(index for index, node in enumerate(trace.nodes) if node.op is None)}
        step = self.walk[taken - 1] if taken else None
        self._aim(step)
        for index, gradient in enumerate(gradients):
            shapes = self.nodes[f"n{index}"]
            shapes.write(FORWARD, self.wording.data(trace.nodes[index]) if index in computed else "?")
            shapes.write(BACKWARD, self.wording.number(gradient))
            shapes.look(dashed=index not in computed)
        for shapes in self.edges.values():
            shapes.look()
        for earlier in self.walk[len(trace.forward) : taken]:
            if earlier.argument is not None:
                self.edges[edge(earlier)].look(BACKWARD, width=1.2, flows=True)
        if step:
            self._point(step)
        for line, text in zip(self.words, self._lines(step)):
            line.set_text("\n".join(wrap(PAGE_STYLE.fit(text), LINE_LETTERS)[:2]))
        self.words[1].set_color(BACKWARD if step and step.kind == "backward" else QUIET)

    def _point(self, step: Step) -> None:
        trace = step.trace
        color = FORWARD if step.kind == "forward" else BACKWARD
        if step.argument is not None:
            self.edges[edge(step)].look(BACKWARD, width=3.5, flows=True)
            self.nodes[f"n{trace.at[step.node]}"].look(BACKWARD, width=2.0)
        self.nodes[f"n{trace.at[step.target]}"].look(color, width=3.5)

    def _lines(self, step: Step | None) -> tuple[str, str, str]:
        """Return what stands below the graph: the step, what it multiplies, and what it comes down to."""
        if not step:
            return outlook(self.wording), "", ""
        if step.kind == "backward":
            made, target = self.wording.made(step.node), self.wording.name(step.target)
            head = f"the edge from {made} to {target}"
            middle = f"local: {self.wording.local(step)}{self.wording.twin(step)}"
        else:
            head, middle = subject(step, self.wording), meant_by(step, self.wording)
        label, equation = equation_of(step, self.wording)
        return f"{place(step)}: {head}", middle, f"{label}: {equation}"


class Shapes:
    """What is painted of a node or an edge of a drawing."""

    edge: bool
    scale: float
    seen: bool

    def __init__(self, group: Any, axes: Any, edge: bool) -> None:
        from matplotlib.patches import Ellipse, PathPatch, Polygon
        from matplotlib.path import Path as Outline

        self.lines: list[tuple[Any, str, float]] = []  # shapes with a color of their own, and how thick they are
        self.heads: list[Any] = []  # of an arrow: its tip forward, and the one backward
        self.tips: list[Any] = []
        self.texts: dict[str, tuple[Any, str]] = {}  # by their colors: the text, and what stands before its number
        self.scale, self.edge, self.seen = 1.0, edge, True  # points of the figure in a point of the drawing
        self.sizes: list[tuple[Any, float]] = []  # of all texts
        corners_of_all: list[tuple[float, float]] = []
        for each in group:
            look = {"facecolor": fill_of(each), "edgecolor": each.get("stroke", "none"), "zorder": 2 - edge}
            shape: Any = None
            if each.tag == "path":
                points, codes = outline(each.attrib["d"])
                corners_of_all += points
                shape = PathPatch(Outline(points, codes), **look)
                if edge:
                    self.tips.append(Polygon(tip(points), color=BACKWARD, visible=False, zorder=4))
                    axes.add_patch(self.tips[0])
            elif each.tag in ("polygon", "polyline"):
                corners = [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", each.attrib["points"])]
                corners_of_all += corners
                shape = Polygon(corners, closed=each.tag == "polygon", **look)
                self.heads += [shape] * edge
            elif each.tag == "ellipse":
                x, y, rx, ry = (float(each.attrib[name]) for name in ("cx", "cy", "rx", "ry"))
                corners_of_all += [(x - rx, y - ry), (x + rx, y + ry)]
                shape = Ellipse((x, y), 2 * rx, 2 * ry, **look)
            elif each.tag == "text":
                self._add_text(each, axes)
            if shape is not None:
                axes.add_patch(shape)
                self.lines.append((shape, look["edgecolor"], float(each.get("stroke-width", 1.0))))
        xs, ys = zip(*corners_of_all)
        self.extent: tuple[Any, Any, Any, Any] = min(xs), min(ys), max(xs), max(ys)

    def place(self, scale: float, seen: bool) -> None:
        """Set the scale, and whether any of it is seen."""
        self.scale, self.seen = scale, seen
        for shape, _, _ in self.lines:
            shape.set_visible(seen)
        for text, size in self.sizes:
            text.set_visible(seen)
            text.set_fontsize(size * scale)

    def _add_text(self, each: Any, axes: Any) -> None:
        size = float(each.get("font-size", "14").removesuffix("px")) * NARROWER
        color, words = each.get("fill", INK), each.text or ""
        anchor = {"middle": "center", "end": "right"}.get(each.get("text-anchor", "start"), "left")
        look = {"style": each.get("font-style", "normal"), "weight": each.get("font-weight", "normal")}
        written = axes.text(
            float(each.attrib["x"]), float(each.attrib["y"]), words, fontsize=size, color=color, ha=anchor,
            parse_math=False, zorder=5, clip_on=True, **look,
        )  # fmt: skip
        self.sizes.append((written, size))
        self.texts[color.upper()] = written, re.match(r"(data |grad )?", words)[0]  # type: ignore[index]

    def write(self, color: str, number: str) -> None:
        """Set the number of one color, if there is one."""
        if color in self.texts:
            text, before = self.texts[color]
            text.set_text(before + number)

    def look(self, color: str = "", width: float = 0.0, dashed: bool = False, flows: bool = False) -> None:
        """Set the color and the width of lines, by default those of the drawing; an arrow may flow backward."""
        for shape, own, own_width in self.lines:
            if own not in ("none", "transparent"):
                shape.set(edgecolor=color or own, linewidth=(width or own_width) * self.scale)
                shape.set_linestyle("--" if dashed else "-")
        for head in self.heads:
            head.set_visible(self.seen and not flows)
        for one in self.tips:
            one.set_visible(self.seen and flows)
        for text, _ in self.texts.values() if self.edge else ():
            text.set_visible(self.seen and flows)


def held_in(middle: float, length: float, low: float, high: float) -> float:
    """Return the middle of a stretch of this length that does not leave what lies from `low` to `high`."""
    if length >= high - low:
        return (low + high) / 2
    return max(low + length / 2, min(high - length / 2, middle))


def fill_of(each: Any) -> str:
    """Return the color that fills a shape of an SVG."""
    color = str(each.get("fill", "none"))
    return "none" if color == "transparent" else color


def outline(d: str) -> tuple[list[tuple[float, float]], list[int]]:
    """Return the points of a path of an SVG, and the codes by which matplotlib joins them.

    >>> outline("M1,2C3,4 5,6 7,8")
    ([(1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0)], [1, 4, 4, 4])
    """
    move, line, curve = 1, 2, 4  # the codes of matplotlib.path.Path
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for command, numbers in re.findall(r"([MLC])([^MLCZz]*)", d):
        flat = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        pairs = [*zip(flat[::2], flat[1::2])]
        points += pairs
        codes += [{"M": move, "L": line, "C": curve}[command]] * len(pairs)
    return points, codes


def tip(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of the tip of an arrow that points at the start of a path.

    >>> tip([(0.0, 0.0), (10.0, 0.0)])
    [(0.0, 0.0), (11.0, 4.0), (11.0, -4.0)]
    """
    (x, y), (next_x, next_y) = points[:2]
    length = ((next_x - x) ** 2 + (next_y - y) ** 2) ** 0.5 or 1.0
    along, across = (next_x - x) / length, (next_y - y) / length
    long, half = TIP
    end_x, end_y = x + long * along, y + long * across
    return [(x, y), (end_x - half * across, end_y + half * along), (end_x + half * across, end_y - half * along)]
