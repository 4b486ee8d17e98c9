"""Compute the outputs of a model over one input (a curve) or two inputs (a surface), for each recorded moment."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, NamedTuple

from ..decision import class_labels, probabilities
from ..objective import flat
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import RECORDING, axis, grid_points
from .measure import true_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measure import Meter, Snapshot

MOST_POINTS = 600  # the most training rows that are drawn
TOP_LEVEL = 255  # the highest level, a byte


class Surface(NamedTuple):
    """The outputs of a model on a grid, for each moment.

    Over two inputs, `levels` has a byte for each moment, output and grid point, row by row from the lowest. A byte of
    0 is the lower end of the range of that moment and output, 255 the upper end. If the targets are classes, outputs
    are probabilities. Over one input, `curves` has the output itself for each moment, from left to right.
    """

    features: list[str]
    classes: list[str]  # none where the targets are not classes
    limits: list[tuple[float, float]]  # along each input
    low: float
    high: float
    points: list[tuple[tuple[float, ...], float]]  # training rows, each with its class or its target
    wrong: list[list[int]]  # for each moment, the indices of the points that are classified wrongly
    side: int  # the number of grid points along each input
    outputs: int
    levels: bytes
    ranges: list[tuple[float, float]]  # for each moment and output
    curves: list[float]


def surface(
    meter: Meter, snapshots: Sequence[Snapshot], features: Sequence[str] | None, classes: Sequence[str] | None
) -> Surface | None:
    """Return the surface of a training.

    It is None for a model of more than two inputs, and for a model of several outputs whose targets are not classes.

    Parameters
    ----------
    meter: computes the outputs.
    snapshots: the moments.
    features: the names of the inputs; None is x1, x2.
    classes: the names of the classes; None is "class 0", "class 1" and so on.
    """
    objective = meter.objective
    rows = [[*flat(objective.row(i))] for i in range(objective.count)]
    width, outputs, truth = len(rows[0]), objective.outputs, true_classes(objective)
    names = values.names(features, [f"x{i + 1}" for i in range(width)], "features")
    labels = [f"class {label}" for label in class_labels(objective.targets, outputs)] if truth else []
    class_names = values.names(classes, labels, "classes")
    if width > 2 or any(len(row) != width for row in rows) or (outputs > 1 and not (truth and width == 2)):
        return None
    targets = [next(flat(target)) for target in objective.targets]
    limits = [around(numbers) for numbers in zip(*rows)]
    count = min(objective.count, MOST_POINTS)
    chosen = [i * objective.count // count for i in range(count)]
    heights = truth if truth and width == 2 else targets
    points = [(tuple(rows[i]), float(heights[i])) for i in chosen]
    wrong = _wrong_points(meter, snapshots, truth, chosen) if truth else []
    side = RECORDING[width].fine if meter.fast else RECORDING[width].coarse
    grid = [meter.row(point) for point in grid_points([axis(low, high, side) for low, high in limits])]
    moments = [meter.outputs(snapshot.weights, grid) for snapshot in snapshots]
    if width == 1:
        curves = [y for moment in moments for (y,) in moment]
        low, high = around([*targets, *(y for (y,) in moments[-1] if isfinite(y))])
        return Surface(names, class_names, limits, low, high, points, wrong, side, 1, b"", [], curves)
    if truth:
        moments = [[probabilities(each, objective.activation) for each in moment] for moment in moments]
    columns = [column for moment in moments for column in zip(*moment)]
    ranges = [_range(column) for column in columns]
    levels = bytes(_level(y, *span) for column, span in zip(columns, ranges) for y in column)
    low, high = around(targets)
    return Surface(names, class_names, limits, low, high, points, wrong, side, outputs, levels, ranges, [])


def _wrong_points(
    meter: Meter, snapshots: Sequence[Snapshot], truth: list[int], chosen: list[int]
) -> list[list[int]]:
    """Return, for each moment, the indices of the chosen rows that the model classifies wrongly."""
    wrong = []
    for snapshot in snapshots:
        predicted = meter.classes(snapshot.weights, meter.objective)
        wrong.append([place for place, i in enumerate(chosen) if predicted[i] != truth[i]])
    return wrong


def _range(column: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and the highest of the finite numbers."""
    finite = [y for y in column if isfinite(y)] or [0.0]
    return min(finite), max(finite)


def _level(y: float, low: float, high: float) -> int:
    """Return a number between two others as a byte, from 0 to 255."""
    return round(TOP_LEVEL * (y - low) / (high - low)) if isfinite(y) and 0 < high - low < inf else TOP_LEVEL // 2
