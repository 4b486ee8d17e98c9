"""What a notebook shows of a recorded training, trusted or not: a few moments with pictures, and no script."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from .measure import Meter
from .page import sentence
from .surface import FULL, ground
from .svg import curve, plot

if TYPE_CHECKING:
    from . import Recorder
    from .surface import Ground

SHOWN = 4  # moments
TINTS = ("#c9dff2", "#f7d9c0", "#cfe3cf", "#e3d7ea", "#efe6c4", "#cde5e5", "#b5cfe6", "#ebc3a3", "#e0e0e0", "#f2cfdc")
FILLS = ("#0b5fa5", "#b34700", "#3f7f3f", "#7f5f8f", "#8a6d00", "#3f7f7f", "#083b66", "#7a3000", "#555555", "#a03060")
SHADES = ("#c26a33", "#d69670", "#ebcab7", "#ffffff", "#b6cfe4", "#6d9fc9", "#3c7fb7")  # from low to high


def moments_as_html(recorder: Recorder) -> str:
    """The curve of the losses, and below it some moments: each with its numbers, and its ground if it has one."""
    snapshots = recorder.snapshots
    last = len(snapshots) - 1
    shown = [snapshots[place] for place in sorted({round(i * last / (SHOWN - 1)) for i in range(SHOWN)})]
    floor = ground(Meter(recorder.problem, recorder.validation, recorder.leaves), shown, None, None)
    cells = []
    for number, snapshot in enumerate(shown):
        told = sentence(snapshot, snapshots[-1].epoch)
        picture = _image(_moment(floor, number), told, 240) + "<br>" if floor else ""
        cells.append(f"<td width='260'>{picture}{escape(told)}</td>")
    rest = "recorder.save(&quot;training.html&quot;) makes a page of all moments."
    losses = _image(curve(snapshots).svg, "The losses, epoch by epoch", 360)
    return f"<p>{escape(repr(recorder))}<br>{rest}</p>{losses}<table><tr>{''.join(cells)}</tr></table>"


def _moment(floor: Ground, number: int) -> str:
    """The ground at one moment, with its points."""
    picture = plot(floor)
    for kind, fill in enumerate(FILLS):
        picture = picture.replace(f'class="point kind{kind}"', f'fill="{fill}" stroke="white"')
    if floor.curves:
        ys = floor.curves[number * floor.side : (number + 1) * floor.side]
        scale = [58 + 366 * place / (floor.side - 1) for place in range(floor.side)]
        down = [376 - 368 * (y - floor.low) / (floor.high - floor.low) for y in ys]
        line = "L".join(f"{x:.0f} {min(376.0, max(8.0, y)):.0f}" for x, y in zip(scale, down) if y == y)
        return picture.replace('class="line"', f'd="M{line}" stroke="#0b5fa5" stroke-width="3"')
    opening, rest = picture.split(">", 1)
    return f"{opening}>{''.join(_cells(floor, number))}{rest}"


def _cells(floor: Ground, number: int) -> list[str]:
    """The ground as rectangles, those of one color beside each other as one."""
    area, width, height = floor.side**2, 366 / floor.side, 368 / floor.side
    start = number * floor.outputs * area
    spans = floor.ranges[number * floor.outputs : (number + 1) * floor.outputs]
    outputs = [
        [
            low + (high - low) * level / FULL
            for level in floor.levels[start + place * area : start + (place + 1) * area]
        ]
        for place, (low, high) in enumerate(spans)
    ]
    found = []
    for row in range(floor.side):
        colors = [_color(floor, [output[row * floor.side + x] for output in outputs]) for x in range(floor.side)]
        x, top = 0, 376 - height * (row + 1)
        for color, cells in groupby(colors):
            count = len([*cells])
            found.append(
                f'<rect x="{58 + x * width:.1f}" y="{top:.1f}" width="{count * width + 0.3:.1f}" '
                f'height="{height + 0.3:.1f}" fill="{color}"/>'
            )
            x += count
    return found


def _color(floor: Ground, outputs: list[float]) -> str:
    """The color of a place: its class's or, where there are none, a shade for its output."""
    if not floor.classes:
        share = (outputs[0] - floor.low) / (floor.high - floor.low)
        return SHADES[min(len(SHADES) - 1, max(0, int(share * len(SHADES))))]
    kind = int(outputs[0] > 0.5) if len(outputs) == 1 else outputs.index(max(outputs))
    return TINTS[kind % len(TINTS)]


def _image(svg: str, said: str, width: int) -> str:
    """A picture that survives where a notebook is not trusted; raw SVG does not."""
    opening, rest = svg.split(">", 1)  # on white: the page around it may be dark
    data = b64encode(f'{opening}><rect width="100%" height="100%" fill="white"/>{rest}'.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(said)}" width="{width}">'
