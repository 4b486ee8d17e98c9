"""The titles of clusters in a picture that is laid out: which of them an arrow or its label runs through."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree

from .size import LETTER

SAMPLES = 12  # points that are looked at of each piece of an arrow


class Area(NamedTuple):
    """A rectangle, in points."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point is in it."""
        return self.left < x < self.right and self.top < y < self.bottom

    def meets(self, other: Area) -> bool:
        """Return whether it has a point in common with another one."""
        apart = self.right < other.left or other.right < self.left
        return not (apart or self.bottom < other.top or other.bottom < self.top)


def crossed_titles(svg: bytes) -> int:
    """Return how often arrows, and labels of arrows, run through titles of clusters in an SVG of Graphviz."""
    titles: list[Area] = []
    labels: list[Area] = []
    paths: list[list[tuple[float, float]]] = []
    for group in ElementTree.fromstring(svg).iter():
        kind = group.get("class", "")
        if kind not in ("cluster", "edge"):
            continue
        for each in group:
            tag = each.tag.rpartition("}")[2]
            if tag == "text":
                (titles if kind == "cluster" else labels).append(area_of(each))
            elif tag == "path" and kind == "edge":
                paths.append(points(each.get("d", "")))
    crossed = 0
    for title in titles:
        crossed += sum(title.meets(label) for label in labels)
        crossed += sum(any(title.holds(x, y) for x, y in path) for path in paths)
    return crossed


def area_of(text: ElementTree.Element) -> Area:
    """Return about where a text of an SVG is."""
    x, y, size = (float(text.get(name, "0")) for name in ("x", "y", "font-size"))
    width = len(text.text or "") * LETTER * size / 12
    left = x - width * {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", "start"), 0.0)
    return Area(left, y - size, left + width, y + 0.3 * size)


def points(d: str) -> list[tuple[float, float]]:
    """Return points along a path of cubic curves.

    >>> len(points("M0,0C0,0 1,1 1,1")), points("M0,0C0,0 1,1 1,1")[-1]
    (13, (1.0, 1.0))
    """
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", d)]
    corners = [*zip(numbers[::2], numbers[1::2])]
    along = corners[:1]
    for start in range(0, len(corners) - 3, 3):
        piece = corners[start : start + 4]
        for sample in range(1, SAMPLES + 1):
            part = sample / SAMPLES
            rest = 1.0 - part
            weights = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
            x, y = (sum(weight * at[axis] for weight, at in zip(weights, piece)) for axis in (0, 1))
            along.append((x, y))
    return along
