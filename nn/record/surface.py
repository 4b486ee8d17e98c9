"""What a model of one or two inputs says everywhere: the surface that its training points stand on."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from ..decision import class_labels, probabilities
from ..objective import flat
from ..picture import values
from ..picture.curve import around
from ..picture.values import short
from .measure import classes as classes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measure import Meter, Snapshot

FINE, COARSE = 48, 12  # places along a side: by array code, and row by row
CURVE = 97  # places along a curve
MOST_POINTS = 600  # points that are drawn
TOP_LEVEL = 255  # the highest level, a byte


class Surface(NamedTuple):
    """The outputs over two inputs as `levels`, bytes: for each moment, for each output, row by row from below.

    They count the steps, of 255, from the first number of the moment's range to the second: shares of a class, from 0
    to 1, or outputs. Over one input there are `curves` instead: the output itself, for each moment, left to right.
    """

    features: list[str]
    classes: list[str]  # none where the targets are no classes
    limits: list[tuple[float, float]]  # along each input
    low: float
    high: float
    points: list[tuple[tuple[float, ...], float]]  # places of training rows, with their class or their target
    wrong: list[list[int]]  # for each moment, the points whose class the model does not tell
    side: int  # places along each input
    outputs: int
    levels: bytes
    ranges: list[tuple[float, float]]  # for each moment, for each output
    curves: list[float]


def surface(
    meter: Meter, snapshots: Sequence[Snapshot], features: Sequence[str] | None, classes: Sequence[str] | None
) -> Surface | None:
    """The surface of a training; None for a model of more inputs, or of several outputs that are no classes."""
    objective = meter.objective
    rows = [[*flat(objective.row(i))] for i in range(objective.count)]
    width, outputs, truth = len(rows[0]), objective.outputs, classes_of(objective)
    names = values.names(features, [f"x{i + 1}" for i in range(width)], "features")
    targets = [next(flat(target)) for target in objective.targets]
    kinds = [f"class {short(label)}" for label in class_labels(targets, outputs)] if truth else []
    text = values.names(classes, kinds, "classes") if truth or classes else []
    if width > 2 or any(len(row) != width for row in rows) or (outputs > 1 and not (truth and width == 2)):
        return None
    limits = [around(numbers) for numbers in zip(*rows)]
    drawn = [
        i * objective.count // min(objective.count, MOST_POINTS) for i in range(min(objective.count, MOST_POINTS))
    ]
    chosen = [(tuple(rows[i]), truth[i] if truth and width == 2 else targets[i]) for i in drawn]
    wrong = []
    for snapshot in snapshots if truth else ():
        description = meter.classes(snapshot.weights, objective)
        wrong.append([place for place, i in enumerate(drawn) if description[i] != truth[i]])
    side = CURVE if width == 1 else FINE if meter.fast else COARSE
    scales = [[low + (high - low) * i / (side - 1) for i in range(side)] for low, high in limits]
    places = [(x,) for x in scales[0]] if width == 1 else [(x, y) for y in scales[1] for x in scales[0]]
    grid = [meter.row(place) for place in places]
    found = [meter.outputs(snapshot.weights, grid) for snapshot in snapshots]
    low, high = around([*targets])
    if width == 1:
        seen = [y for (y,) in found[-1] if isfinite(y)]
        curves = [y for moment in found for (y,) in moment]
        low, high = around([*targets, *seen])
        return Surface(names, text, limits, low, high, chosen, wrong, side, 1, b"", [], curves)
    if truth:
        found = [[probabilities(outputs, objective.activation) for outputs in moment] for moment in found]
    columns = [column for moment in found for column in zip(*moment)]
    ranges = [_range(column) for column in columns]
    levels = bytes(_level(y, *span) for column, span in zip(columns, ranges) for y in column)
    return Surface(names, text, limits, low, high, chosen, wrong, side, outputs, levels, ranges, [])


def _range(column: Sequence[float]) -> tuple[float, float]:
    finite = [y for y in column if isfinite(y)] or [0.0]
    return min(finite), max(finite)


def _level(y: float, low: float, high: float) -> int:
    """A number between two others as a byte, from 0 to 255."""
    return round(TOP_LEVEL * (y - low) / (high - low)) if isfinite(y) and high > low else TOP_LEVEL // 2
