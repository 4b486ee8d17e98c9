"""Show a recorded training in a notebook as HTML without a script, so that notebooks that are not trusted show it."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from ..decision import predicted_class
from ..picture.sampling import axis
from .measure import Meter
from .page import sentence
from .surface import TOP_LEVEL, surface
from .svg import Box, curve, plot

if TYPE_CHECKING:
    from . import Recorder
    from .surface import Surface

MOMENTS = 4  # how many moments are shown
TINTS = ("#c9dff2", "#f7d9c0", "#cfe3cf", "#e3d7ea", "#efe6c4", "#cde5e5", "#b5cfe6", "#ebc3a3", "#e0e0e0", "#f2cfdc")
FILLS = ("#0b5fa5", "#b34700", "#3f7f3f", "#7f5f8f", "#8a6d00", "#3f7f7f", "#083b66", "#7a3000", "#555555", "#a03060")
SHADES = ("#c26a33", "#d69670", "#ebcab7", "#ffffff", "#b6cfe4", "#6d9fc9", "#3c7fb7")  # from low to high


def moments_as_html(recorder: Recorder) -> str:
    """Return the curve of the losses, and a table of some moments with their numbers and surfaces."""
    snapshots = recorder.snapshots
    last = len(snapshots) - 1
    shown = [snapshots[place] for place in sorted({round(i * last / (MOMENTS - 1)) for i in range(MOMENTS)})]
    picture = surface(Meter(recorder.objective, recorder.validation, recorder.leaves), shown, None, None)
    columns = []
    for number, snapshot in enumerate(shown):
        description = sentence(snapshot, snapshots[-1].epoch)
        image = _image(_moment(picture, number), description, 240) + "<br>" if picture else ""
        columns.append(f"<td width='260'>{image}{escape(description)}</td>")
    rest = "recorder.save(&quot;training.html&quot;) makes a page of all moments."
    losses = _image(curve(snapshots).svg, "The losses, epoch by epoch", 360)
    return f"<p>{escape(repr(recorder))}<br>{rest}</p>{losses}<table><tr>{''.join(columns)}</tr></table>"


def _moment(surface: Surface, number: int) -> str:
    """Return the surface at one moment, with its points, as SVG."""
    picture = plot(surface)
    for kind, fill in enumerate(FILLS):
        picture = picture.replace(f'class="point kind{kind}"', f'fill="{fill}" stroke="white"')
    if surface.curves:
        ys = surface.curves[number * surface.side : (number + 1) * surface.side]
        box = Box(surface.limits[0], (surface.low, surface.high))
        points = zip(axis(*box.x, surface.side), ys)
        line = "L".join(
            f"{box.across(x):g} {min(box.bottom, max(box.top, box.down(y))):g}" for x, y in points if y == y
        )
        return picture.replace('class="line"', f'd="M{line}" stroke="#0b5fa5" stroke-width="3"')
    opening, rest = picture.split(">", 1)
    return f"{opening}>{''.join(_rectangles(surface, number))}{rest}"


def _rectangles(surface: Surface, number: int) -> list[str]:
    """Return the surface at one moment as SVG rectangles. Neighbors of one color in a row are one rectangle."""
    side, area = surface.side, surface.side**2
    box = Box(surface.limits[0], surface.limits[1])
    width, height = (box.right - box.left) / side, (box.bottom - box.top) / side
    outputs = []
    for place in range(number * surface.outputs, (number + 1) * surface.outputs):
        low, high = surface.ranges[place]
        levels = surface.levels[place * area : (place + 1) * area]
        outputs.append([low + (high - low) * level / TOP_LEVEL for level in levels])
    rectangles = []
    for row in range(side):
        colors = [_color(surface, [output[row * side + x] for output in outputs]) for x in range(side)]
        x, top = 0, box.bottom - height * (row + 1)
        for color, equal in groupby(colors):
            count = len([*equal])
            rectangles.append(
                f'<rect x="{box.left + x * width:.1f}" y="{top:.1f}" width="{count * width + 0.3:.1f}" '
                f'height="{height + 0.3:.1f}" fill="{color}"/>'
            )
            x += count
    return rectangles


def _color(surface: Surface, outputs: list[float]) -> str:
    """Return the color of a point: that of its class, or a shade for its output if there are no classes."""
    if not surface.classes:
        depth = (outputs[0] - surface.low) / (surface.high - surface.low)
        return SHADES[min(len(SHADES) - 1, max(0, int(depth * len(SHADES))))]
    return TINTS[predicted_class(outputs, 0.5) % len(TINTS)]  # of probabilities


def _image(svg: str, description: str, width: int) -> str:
    """Return an SVG as an HTML image. A notebook that is not trusted shows images, but hides SVG itself."""
    opening, rest = svg.split(">", 1)  # with a white background, because the page around it may be dark
    data = b64encode(f'{opening}><rect width="100%" height="100%" fill="white"/>{rest}'.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(description)}" width="{width}">'
