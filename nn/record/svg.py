"""Draw a recorded training as SVG: the curve of its losses, and the axes and points of a surface.

Colors are CSS variables of the page, with those of its light theme as fallbacks.
"""

from __future__ import annotations

from html import escape
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from ..checks import plural
from ..picture.curve import around, needs_log_scale
from ..picture.values import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measure import Snapshot
    from .surface import Surface

FORWARD, BACKWARD = "var(--forward, #0b5fa5)", "var(--backward, #b34700)"
TEXT, QUIET = "var(--ink, #1f2933)", "var(--quiet, #56626d)"
# fmt: off
SHAPES = (  # the shapes of points, by class: centered at 0, with the area of a circle of radius 4.5
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0",         "M-4 -4h8v8h-8z",     "M0 -5.2L5 3.8H-5z",
    "M0 -5.6L5.6 0L0 5.6L-5.6 0z",                          "M0 5.2L5 -3.8H-5z",  "M-5.2 0L3.8 5V-5z",
    "M-1.7 -5h3.4v3.3H5v3.4H1.7V5h-3.4V1.7H-5v-3.4h3.3z",   "M5.2 0L-3.8 5V-5z",  "M-5 -2.4h10v4.8h-10z",
    "M-2.4 -5h4.8v10h-4.8z",
)
# fmt: on


class Box(NamedTuple):
    """The axes of a figure: the numbers at their ends, and their position in an SVG of `width` × `height`."""

    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False
    width: int = 440
    height: int = 424
    left: int = 58
    top: int = 8
    right: int = 424
    bottom: int = 376

    def across(self, x: float) -> float:
        """Return the horizontal position of a number."""
        low, high = self.x
        return round(self.left + (self.right - self.left) * (x - low) / (high - low), 1)

    def down(self, y: float) -> float:
        """Return the vertical position of a number, from the top."""
        low, high = map(log10, self.y) if self.log else self.y
        return round(self.bottom - (self.bottom - self.top) * ((log10(y) if self.log else y) - low) / (high - low), 1)


class Curve(NamedTuple):
    """The losses as an SVG, with the positions of each moment: `x`, and `y` on each line (None is no loss)."""

    svg: str
    x: list[float]
    y: list[list[float | None]]


def curve(snapshots: Sequence[Snapshot]) -> Curve:
    """Draw the loss of the training rows, and that of the validation rows if there are some, over the epochs."""
    lines = {"training": [snapshot.loss for snapshot in snapshots]}
    if snapshots[0].validation is not None:
        lines["validation"] = [snapshot.validation or 0.0 for snapshot in snapshots]
    finite = [loss for line in lines.values() for loss in line if isfinite(loss)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    log = needs_log_scale(low, high)
    if log:
        low, high = 10 ** floor(log10(low)), 10 ** ceil(log10(high))
    else:
        low = min(0.0, low)
        _, high = around([low, high], 0.05)
    first, last = snapshots[0].epoch, snapshots[-1].epoch
    box = Box((first, max(last, first + 1)), (low, high), log, height=320, bottom=272)
    xs = [box.across(snapshot.epoch) for snapshot in snapshots]
    ys = [[box.down(y) if isfinite(y) and (y > 0 or not log) else None for y in line] for line in lines.values()]
    looks = [f'stroke="{FORWARD}" stroke-width="2.5"', f'stroke="{BACKWARD}" stroke-width="2" stroke-dasharray="6 3"']
    paths = [f'<path d="{_path(xs, line)}" fill="none" {look}/>' for line, look in zip(ys, looks)]
    key = [
        f'<path d="M300 {20 + 20 * i}h34" {look}/>{text(342, 24 + 20 * i, name, anchor="start")}'
        for i, (name, look) in enumerate(zip(lines, looks))
    ]
    axes = _axes(box, "epoch", "loss, log scale" if log else "loss", whole=True)
    description = f"The {' and the '.join(lines)} loss, from {short(snapshots[0].loss)} in epoch {first}"
    description += f" to {short(snapshots[-1].loss)} in epoch {last}"
    return Curve(_svg(box, "curve", description, [*axes, *paths, *key]), xs, ys)


def plot(surface: Surface) -> str:
    """Draw the axes of a surface and the training points. The page's script draws the surface itself."""
    one_input = len(surface.limits) == 1
    (x, y), (across, up) = [*surface.limits, (surface.low, surface.high)][:2], [*surface.features, "output"][:2]
    box = Box(x, y)
    points = []
    for row, target in surface.points:
        right, high = (*row, target)[:2]
        look = int(target) % len(SHAPES) if surface.classes and not one_input else 0
        at = f"translate({box.across(right)} {box.down(high)})"
        points.append(f'<path class="point kind{look}" transform="{at}" d="{SHAPES[look]}"/>')
    line = ['<path class="line" fill="none"/>'] if one_input else []
    description = f"{up} over {across}, with {plural(len(points), 'training point')}"
    return _svg(box, "plot", description, [*_axes(box, across, up), *line, *points])


def _axes(box: Box, across: str, up: str, whole: bool = False) -> list[str]:
    """Draw the axes with their labels and ticks. `across` and `up` are the labels."""
    parts = [
        f'<path d="M{box.left} {box.top}V{box.bottom}H{box.right}" fill="none" stroke="{QUIET}"/>',
        text((box.left + box.right) / 2, box.bottom + 40, across),
        f'<g transform="translate(12 {(box.top + box.bottom) / 2}) rotate(-90)">{text(0, 0, up)}</g>',
    ]
    for x in ticks(*box.x, whole=whole):
        at = box.across(x)
        parts.append(f'<path d="M{at} {box.bottom}v5" stroke="{QUIET}"/>{text(at, box.bottom + 20, tick_text(x))}')
    for y in powers(*box.y) if box.log else ticks(*box.y):
        at = box.down(y)
        parts.append(f'<path d="M{box.left - 5} {at}h5" stroke="{QUIET}"/>')
        parts.append(text(box.left - 8, at + 4, power_text(y) if box.log else tick_text(y), anchor="end"))
    return parts


def ticks(low: float, high: float, most: int = 6, whole: bool = False) -> list[float]:
    """Return round numbers from `low` to `high`, `most` of them at most; whole numbers if `whole` is true.

    >>> ticks(-1.2, 2.1), ticks(0, 3, whole=True)
    ([-1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 2.0, 3.0])
    """
    exponent = floor(log10((high - low) / most))
    if whole:
        exponent = max(0, exponent)
    while True:  # this ends: a large enough step has at most two multiples between low and high
        for step in (factor * 10.0**exponent for factor in (1, 2, 5)):
            first, last = ceil(low / step), floor(high / step)
            if last - first < most:
                return [round(step * i, 12) for i in range(first, last + 1)]
        exponent += 1


def powers(low: float, high: float) -> list[float]:
    """Return powers of ten from `low` to `high`, which are such powers; about seven at most."""
    first, last = round(log10(low)), round(log10(high))
    return [10.0**power for power in range(first, last + 1, 1 + (last - first) // 7)]


def tick_text(number: float) -> str:
    """Return the number of a tick as text: exact, with an exponent if that is shorter.

    >>> tick_text(0.25), tick_text(1012.0), tick_text(-2000000.0)
    ('0.25', '1012', '−2e+06')
    """
    compact = f"{number:.3g}"
    exact = short(number)
    return compact.replace("-", "−") if float(compact) == number and len(compact) < len(exact) else exact


def power_text(power: float) -> str:
    """Return a power of ten as text.

    >>> power_text(0.1), power_text(0.001), power_text(1000.0)
    ('0.1', '1e−3', '1000')
    """
    return f"{power:g}" if 0.01 <= power <= 1e3 else f"1e{short(round(log10(power)))}"


def _path(xs: Sequence[float], ys: Sequence[float | None]) -> str:
    """Return the SVG path of a line through points, with a gap where y is None."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys):
        if y is not None:
            parts.append(f"{pen}{x:g} {y:g}")
        pen = "M" if y is None else "L"
    return "".join(parts)


def text(x: float, y: float, what: str, anchor: str = "middle") -> str:
    """Return a text element of an SVG, with `anchor` at (x, y)."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(what)}</text>'


def _svg(box: Box, name: str, description: str, parts: Sequence[str]) -> str:
    """Return an SVG of a box's size, with a class name, and a description for screen readers."""
    return svg(box.width, box.height, f'class="{name}" role="img" aria-label="{escape(description)}"', parts)


def svg(width: float, height: float, attributes: str, parts: Sequence[str]) -> str:
    """Return an SVG of this size, with these attributes and elements."""
    font = 'font-family="system-ui, sans-serif" font-size="13"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {attributes} viewBox="0 0 {width:g} {height:g}"'
    return f'{opening} fill="{TEXT}" {font}>{"".join(parts)}</svg>'
