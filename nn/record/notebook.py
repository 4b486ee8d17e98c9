"""What a notebook shows of a recorded training, trusted or not: a few moments with pictures, and no script."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from .measure import Meter
from .page import sentence
from .surface import TOP_LEVEL, surface
from .svg import curve, plot

if TYPE_CHECKING:
    from . import Recorder
    from .surface import Surface

SHOWN = 4  # moments
TINTS = ("#c9dff2", "#f7d9c0", "#cfe3cf", "#e3d7ea", "#efe6c4", "#cde5e5", "#b5cfe6", "#ebc3a3", "#e0e0e0", "#f2cfdc")
FILLS = ("#0b5fa5", "#b34700", "#3f7f3f", "#7f5f8f", "#8a6d00", "#3f7f7f", "#083b66", "#7a3000", "#555555", "#a03060")
SHADES = ("#c26a33", "#d69670", "#ebcab7", "#ffffff", "#b6cfe4", "#6d9fc9", "#3c7fb7")  # from low to high


def moments_as_html(recorder: Recorder) -> str:
    """The curve of the losses, and below it some moments: each with its numbers, and its surface if it has one."""
    snapshots = recorder.snapshots
    last = len(snapshots) - 1
    shown = [snapshots[place] for place in sorted({round(i * last / (SHOWN - 1)) for i in range(SHOWN)})]
    found = surface(Meter(recorder.objective, recorder.validation, recorder.leaves), shown, None, None)
    cells = []
    for number, snapshot in enumerate(shown):
        description = sentence(snapshot, snapshots[-1].epoch)
        picture = _image(_moment(found, number), description, 240) + "<br>" if found else ""
        cells.append(f"<td width='260'>{picture}{escape(description)}</td>")
    rest = "recorder.save(&quot;training.html&quot;) makes a page of all moments."
    losses = _image(curve(snapshots).svg, "The losses, epoch by epoch", 360)
    return f"<p>{escape(repr(recorder))}<br>{rest}</p>{losses}<table><tr>{''.join(cells)}</tr></table>"


def _moment(found: Surface, number: int) -> str:
    """The surface at one moment, with its points."""
    picture = plot(found)
    for kind, fill in enumerate(FILLS):
        picture = picture.replace(f'class="point kind{kind}"', f'fill="{fill}" stroke="white"')
    if found.curves:
        ys = found.curves[number * found.side : (number + 1) * found.side]
        scale = [58 + 366 * place / (found.side - 1) for place in range(found.side)]
        down = [376 - 368 * (y - found.low) / (found.high - found.low) for y in ys]
        line = "L".join(f"{x:.0f} {min(376.0, max(8.0, y)):.0f}" for x, y in zip(scale, down) if y == y)
        return picture.replace('class="line"', f'd="M{line}" stroke="#0b5fa5" stroke-width="3"')
    opening, rest = picture.split(">", 1)
    return f"{opening}>{''.join(_cells(found, number))}{rest}"


def _cells(surface: Surface, number: int) -> list[str]:
    """The surface as rectangles, those of one color beside each other as one."""
    area, width, height = surface.side**2, 366 / surface.side, 368 / surface.side
    start = number * surface.outputs * area
    spans = surface.ranges[number * surface.outputs : (number + 1) * surface.outputs]
    outputs = [
        [
            low + (high - low) * level / TOP_LEVEL
            for level in surface.levels[start + place * area : start + (place + 1) * area]
        ]
        for place, (low, high) in enumerate(spans)
    ]
    found = []
    for row in range(surface.side):
        colors = [
            _color(surface, [output[row * surface.side + x] for output in outputs]) for x in range(surface.side)
        ]
        x, top = 0, 376 - height * (row + 1)
        for color, cells in groupby(colors):
            count = len([*cells])
            found.append(
                f'<rect x="{58 + x * width:.1f}" y="{top:.1f}" width="{count * width + 0.3:.1f}" '
                f'height="{height + 0.3:.1f}" fill="{color}"/>'
            )
            x += count
    return found


def _color(surface: Surface, outputs: list[float]) -> str:
    """The color of a place: its class's or, where there are none, a shade for its output."""
    if not surface.classes:
        share = (outputs[0] - surface.low) / (surface.high - surface.low)
        return SHADES[min(len(SHADES) - 1, max(0, int(share * len(SHADES))))]
    kind = int(outputs[0] > 0.5) if len(outputs) == 1 else outputs.index(max(outputs))
    return TINTS[kind % len(TINTS)]


def _image(svg: str, description: str, width: int) -> str:
    """A picture that survives where a notebook is not trusted; raw SVG does not."""
    opening, rest = svg.split(">", 1)  # on white: the page around it may be dark
    data = b64encode(f'{opening}><rect width="100%" height="100%" fill="white"/>{rest}'.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(description)}" width="{width}">'
