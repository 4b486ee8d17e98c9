"""Make the page of a recorded training: the losses, and the surface, network and numbers of each moment."""

from __future__ import annotations

import sys
from array import array
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from engine import Page

from ..checks import plural
from ..picture.values import short
from .measure import Meter
from .network import network_svg, weight_places
from .surface import surface
from .svg import SHAPES, curve, plot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from . import Recorder
    from .measure import Snapshot
    from .surface import Surface


def page(
    recorder: Recorder, title: str = "", features: Sequence[str] | None = None, classes: Sequence[str] | None = None
) -> Page:
    """Return the page of a recorder.

    Parameters
    ----------
    recorder: the recorded training.
    title: the title of the page; "" is "Training: " and the class of the model.
    features: the names of the inputs; None is x1, x2 and so on.
    classes: the names of the classes; None is "class 0", "class 1" and so on.

    Raises
    ------
    NetworkError if there are not as many names as inputs or classes.
    """
    objective, snapshots, leaves = recorder.objective, recorder.snapshots, recorder.leaves
    picture = surface(Meter(objective, recorder.validation, leaves), snapshots, features, classes)
    losses, network = curve(snapshots), network_svg(objective.model, leaves)
    sentences = [sentence(snapshot, snapshots[-1].epoch) for snapshot in snapshots]
    data = {
        "epochs": [snapshot.epoch for snapshot in snapshots],
        "sentences": sentences,
        "labels": [leaf.label or f"weight {place}" for place, leaf in enumerate(leaves)],
        "weights": packed(weight for snapshot in snapshots for weight in snapshot.weights),
        "gradients": packed(gradient for snapshot in snapshots for gradient in snapshot.gradients),
        "curve": {"x": losses.x, "y": losses.y},
        "matrices": [] if network else [matrix._asdict() for matrix in weight_places(objective.model, leaves)],
        "surface": picture and _surface_data(picture),
    }
    parts = {
        "about": _about(recorder),
        "surface": _panel(picture) if picture else "",
        "network": network or '<div class="matrices"></div>',
        "curve": losses.svg,
        "table": loss_table(snapshots),
    }
    body = Template(page_file("training.html")).substitute(parts)
    title = title or f"Training: {type(objective.model).__name__}"
    return Page(title, body, data, page_file("paint.js") + page_file("training.js"), page_file("training.css"))


def sentence(snapshot: Snapshot, last: int) -> str:
    """Return the numbers of a moment as a sentence. `last` is the number of the last epoch."""
    parts = [f"loss {short(snapshot.loss)}"]
    if snapshot.validation is not None:
        parts.append(f"validation loss {short(snapshot.validation)}")
    if snapshot.accuracy is not None:
        rows = "accuracy" if snapshot.validation is None else "validation accuracy"
        parts.append(f"{rows} {100 * snapshot.accuracy:.1f}\N{NO-BREAK SPACE}%")
    if snapshot.rate is not None:
        parts.append(f"learning rate {short(snapshot.rate)}")
    return f"Epoch {snapshot.epoch} of {last}: {', '.join(parts)}."


def loss_table(snapshots: Sequence[Snapshot]) -> str:
    """Return the losses of all moments as an HTML table."""
    titles = ["epoch", "loss", "validation loss", "accuracy", "learning rate"]
    columns: list[list[str]] = [
        [str(snapshot.epoch) for snapshot in snapshots],
        [short(snapshot.loss) for snapshot in snapshots],
        ["" if snapshot.validation is None else short(snapshot.validation) for snapshot in snapshots],
        ["" if snapshot.accuracy is None else f"{100 * snapshot.accuracy:.1f} %" for snapshot in snapshots],
        ["" if snapshot.rate is None else short(snapshot.rate) for snapshot in snapshots],
    ]
    shown = [(title, column) for title, column in zip(titles, columns) if any(column)]
    head = "".join(f'<th scope="col">{title}</th>' for title, _ in shown)
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in zip(*(column for _, column in shown)))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def packed(numbers: Iterable[float]) -> str:
    """Return numbers as text: 32-bit floats, little-endian, in base64."""
    column = array("f", numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return b64encode(column.tobytes()).decode()


def page_file(name: str) -> str:
    """Return the text of a file of this package."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _surface_data(picture: Surface) -> dict[str, Any]:
    """Return the numbers of the surface for the script of the page."""
    numbers: dict[str, Any] = {"side": picture.side, "outputs": picture.outputs, "wrong": picture.wrong}
    numbers |= {"classes": len(picture.classes), "limits": picture.limits, "low": picture.low, "high": picture.high}
    if picture.curves:
        return numbers | {"curves": packed(picture.curves)}
    targets = [] if picture.classes else [target for _, target in picture.points]
    return numbers | {"levels": b64encode(picture.levels).decode(), "ranges": picture.ranges, "targets": targets}


def _panel(picture: Surface) -> str:
    """Return the surface with its heading and its legend, as HTML."""
    flat = len(picture.limits) == 2
    title = "Fitted curve" if not flat else "Decision boundary" if picture.classes else "Output"
    key = []
    for number, name in enumerate(picture.classes if flat else ()):
        kind = number % len(SHAPES)
        sign = f'<path class="point kind{kind}" transform="translate(8 8)" d="{SHAPES[kind]}"/>'
        key.append(f'<li><svg aria-hidden="true" viewBox="0 0 16 16">{sign}</svg> {escape(name)}</li>')
    if picture.classes:
        key.append('<li class="mistakes"></li>')
    elif flat:
        span = f"from {short(picture.low)} to {short(picture.high)}; a point has the shade of its target"
        key.append(f'<li><span class="shades"></span> {span}</li>')
    canvas = '<canvas width="366" height="368"></canvas>' if flat else ""
    return (
        f'<section class="panel"><h2>{title}</h2><div class="surface">{canvas}{plot(picture)}</div>'
        f'<ul class="key">{"".join(key)}</ul></section>'
    )


def _about(recorder: Recorder) -> str:
    """Return a sentence about the model, its data and its loss."""
    objective, count = recorder.objective, plural(len(recorder.leaves), "weight")
    text = f"{objective.model!r}, {count}, trained on {plural(objective.count, 'row')} with the loss {objective.name}"
    if recorder.validation:
        text += f", checked on {plural(recorder.validation.count, 'other row')}"
    if recorder.ended:
        text += f". Ended: {recorder.ended}"
    return escape(f"{text}.")
