"""A recorded training as a film for slides: what the model computes at each moment, and the losses up to it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import new_figure, save_film

from ..checks import NetworkError
from ..picture.curve import needs_log_scale
from ..picture.sampling import axis
from ..plot.canvas import BLUE, INK, ORANGE, whole_ticks
from .measure import Meter
from .notebook import FILLS, SHADES, TINTS
from .page import sentence
from .surface import TOP_LEVEL, surface

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from . import Recorder
    from .surface import Surface

SECONDS = 0.2  # that each moment is shown: a hundred take 20 seconds
MARKS = "os^Dv<>PX*"  # of the classes, after the first again
LETTERS = 14


def film(
    recorder: Recorder, target: Path, title: str, features: Sequence[str] | None, classes: Sequence[str] | None
) -> Path:
    """Write a recorded training as a .gif or an .mp4, and return its path. `title` is not empty.

    Raises MissingExtra without matplotlib, and NetworkError for an .mp4 without ffmpeg, and as the page does.
    """
    figure = new_figure(target.name)
    snapshots = recorder.snapshots
    meter = Meter(recorder.objective, recorder.validation, recorder.leaves)
    picture = surface(meter, snapshots, features, classes)
    left, right = figure.subplots(1, 2) if picture else (None, figure.subplots())
    figure.subplots_adjust(0.08, 0.12, 0.97, 0.84, wspace=0.25)
    figure.text(0.03, 0.95, title, fontsize=20, weight="bold", color=INK, va="center", parse_math=False)
    moment = figure.text(0.03, 0.89, "", fontsize=16, color=INK, va="center", parse_math=False)
    dots = paint_losses(right, snapshots)
    turn = paint_surface(left, picture) if picture else None

    def show(number: int) -> None:
        moment.set_text(sentence(snapshots[number], snapshots[-1].epoch))
        for line, dot, losses in dots:
            epochs = [snapshot.epoch for snapshot in snapshots[: number + 1]]
            line.set_data(epochs, losses[: number + 1])
            dot.set_data(epochs[-1:], losses[number : number + 1])
        if turn:
            turn(number)

    return save_film(target, figure, show, len(snapshots), SECONDS, NetworkError)


def paint_losses(axes: Any, snapshots: Sequence[Any]) -> list[tuple[Any, Any, list[float]]]:
    """Paint the axes of the losses, and return for each kind of loss its line, its latest point and its numbers."""
    lines = {"training": [snapshot.loss for snapshot in snapshots]}
    if snapshots[0].validation is not None:
        lines["validation"] = [snapshot.validation for snapshot in snapshots]
    finite = [loss for line in lines.values() for loss in line if isfinite(loss)] or [0.0, 1.0]
    log = needs_log_scale(min(finite), max(finite))
    axes.set_xlim(snapshots[0].epoch, max(snapshots[-1].epoch, snapshots[0].epoch + 1))
    if log:
        axes.set_yscale("log")
        axes.set_ylim(min(finite) / 1.2, max(finite) * 1.2)
    else:
        low, high = min(0.0, *finite), max(finite)
        axes.set_ylim(low, high + 0.05 * (high - low or 1.0))
    axes.set_xlabel("epoch", fontsize=LETTERS)
    axes.set_ylabel("loss, log scale" if log else "loss", fontsize=LETTERS)
    axes.tick_params(labelsize=LETTERS - 2)
    whole_ticks(axes.xaxis)
    axes.spines[["top", "right"]].set_visible(False)
    painted = []
    for (name, losses), color, dashes in zip(lines.items(), (BLUE, ORANGE), ("-", "--")):
        (line,) = axes.plot([], [], dashes, color=color, linewidth=2.5, label=name)
        (dot,) = axes.plot([], [], "o", color=color, markersize=9)
        painted.append((line, dot, losses))
    if len(lines) > 1:
        axes.legend(fontsize=LETTERS - 2, frameon=False)
    return painted


def paint_surface(axes: Any, picture: Surface) -> Any:
    """Paint the rows of a training, and return what paints the model's outputs at a moment."""
    axes.tick_params(labelsize=LETTERS - 2)
    axes.set_xlabel(picture.features[0], fontsize=LETTERS, parse_math=False)
    axes.set_xlim(*picture.limits[0])
    if len(picture.limits) == 1:
        axes.set_ylabel("output", fontsize=LETTERS)
        axes.set_ylim(picture.low, picture.high)
        axes.plot(*zip(*((row[0], target) for row, target in picture.points)), "o", color=ORANGE, markersize=7)
        (line,) = axes.plot([], [], color=BLUE, linewidth=3)
        side = picture.side
        xs = axis(*picture.limits[0], side)
        return lambda number: line.set_data(xs, picture.curves[number * side : (number + 1) * side])
    axes.set_ylabel(picture.features[1], fontsize=LETTERS, parse_math=False)
    axes.set_ylim(*picture.limits[1])
    (low_x, high_x), (low_y, high_y) = picture.limits
    image = axes.imshow(colors_at(picture, 0), origin="lower", extent=(low_x, high_x, low_y, high_y), aspect="auto")
    for kind in sorted({int(target) for _, target in picture.points} if picture.classes else {0}):
        rows = [row for row, target in picture.points if not picture.classes or int(target) == kind]
        label = picture.classes[kind] if picture.classes else "rows"
        mark, fill = MARKS[kind % len(MARKS)], FILLS[kind % len(FILLS)]
        axes.plot(
            *zip(*rows), mark, color=fill, markeredgecolor="white", markersize=8, label=label.replace("$", r"\$")
        )
    axes.legend(fontsize=LETTERS - 2, framealpha=0.9, loc="upper right")
    return lambda number: image.set_data(colors_at(picture, number))


def colors_at(picture: Surface, number: int) -> Any:
    """Return the colors of a surface at a moment, as an array of rows of points."""
    import numpy as np
    from matplotlib.colors import to_rgb

    side, outputs = picture.side, picture.outputs
    levels = np.frombuffer(picture.levels, np.uint8).reshape(-1, outputs, side, side)[number] / TOP_LEVEL
    spans = np.array(picture.ranges).reshape(-1, outputs, 2)[number]
    numbers = spans[:, :1, None] + (spans[:, 1:, None] - spans[:, :1, None]) * levels
    if picture.classes:
        places = (numbers[0] > 0.5).astype(int) if outputs == 1 else numbers.argmax(0)
        return np.array([to_rgb(color) for color in TINTS])[places % len(TINTS)]
    depth = (numbers[0] - picture.low) / (picture.high - picture.low)
    shades = np.array([to_rgb(color) for color in SHADES])
    return shades[np.clip((depth * len(SHADES)).astype(int), 0, len(SHADES) - 1)]
