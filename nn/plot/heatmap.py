"""Plots of a matrix, cell by cell: the weights of a layer, and which class was taken for which."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from engine import described, public

from ..checks import NetworkError, plural, whole as whole_number
from ..picture import values
from ..picture.values import two
from ..recurrent import Recurrent
from .canvas import INK, LABEL, NOTE, TICK, axes, finish, frame, inches, points, signs, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

Matrix = list[list[float]]
WRITTEN_CELLS = 150  # cells; a larger matrix has no room for its numbers, only for a minus in its negative cells
DARK = 0.82  # from this share of the largest number on, a cell is so dark that its text is white
RECURRENT = [("W", "input"), ("U", "last state"), ("V", "hidden neuron")]  # what its matrices start from
SEEN = 0.1  # from this share on, a negative number has a color that a minus must explain


@public
def weights(model: Any, layer: int = 1, ax: Axes | None = None) -> Axes:
    """The weights of one layer as a heat map: a row for each input, a column for each neuron, as in the textbook.

    `model` has `weights()`: a model, of which `layer` is drawn, counted from 1, or a layer by itself. A recurrent
    network has 1, W, from its inputs, 2, U, from its last state, and 3, V, to its outputs. Blue is positive, orange
    negative. A small matrix has its numbers in it, a large one a minus where it is orange.

    Raises NetworkError (a ValueError) if there is no such layer.

    >>> from nn import MLP
    >>> ax = weights(MLP(2, [3, 1], rng=0), layer=1)
    >>> ax.get_title(loc="left"), len(ax.texts)
    ('Weights of layer 1: 2 inputs × 3 neurons', 6)
    """
    found = matrices(model)
    number = whole_number(layer)
    if number is None or not 1 <= number <= len(found):
        raise NetworkError(
            f"there is no layer {described(layer)}: this model has {plural(len(found), 'layer')}, from 1 on."
        )
    layer = number
    matrix = found[layer - 1]
    rows, columns = len(matrix), len(matrix[0])
    ax = axes(ax, 8, min(8.0, max(2.5, 1.5 + 6 * rows / columns)))
    named = RECURRENT if isinstance(model, Recurrent) else [(f"layer {layer}", "input")] * layer
    part, source = named[layer - 1]
    finish(
        ax, f"Weights of {part}: {plural(rows, source)} × {plural(columns, 'neuron')}", "to neuron", f"from {source}"
    )
    heat(ax, matrix, minus=rows * columns > WRITTEN_CELLS)
    if rows * columns <= WRITTEN_CELLS:
        largest = max(abs(weight) for row in matrix for weight in row)
        for y, row in enumerate(matrix, 1):
            for x, weight in enumerate(row, 1):
                _write_cell(ax, x, y, two(weight), abs(weight) > DARK * largest)
    whole(ax.xaxis, min(columns, 12))
    whole(ax.yaxis, min(rows, 12))
    return ax


@public
def confusion(matrix: Any, names: Sequence[Any] | None = None, ax: Axes | None = None) -> Axes:
    """Which class was taken for which, counted: a row for each true class, a column for each predicted one.

    Right answers are on the diagonal, framed and blue; mistakes are bold and orange, darker for a larger share of
    their row.

    Raises NetworkError (a ValueError) for a matrix that is not square, and for another number of names.

    >>> ax = confusion([[9, 1], [2, 8]], names=["cat", "dog"])
    >>> ax.get_title(loc="left"), [text.get_text() for text in ax.texts]
    ('Confusion: 17 of 20 right (85.0 %)', ['9', '1', '2', '8'])
    """
    counts = values.table(matrix, "the confusion matrix")
    size = len(counts)
    if len(counts[0]) != size:
        raise NetworkError(f"a confusion matrix is square, and this one is {size} × {len(counts[0])}.")
    if negative := [count for row in counts for count in row if count < 0]:
        raise NetworkError(f"a confusion matrix holds counts, 0 or more, and this one holds {negative[0]:g}.")
    classes = values.names(names, [*map(str, range(size))], "names")
    ax = axes(ax, 7.5, 7)
    shares = [[sqrt(count / (sum(row) or 1)) for count in row] for row in counts]
    signed = [[share if x == y else -share for x, share in enumerate(row)] for y, row in enumerate(shares)]
    ax.imshow(signed, signs(), vmin=-1, vmax=1)
    for y, row in enumerate(counts):
        frame(ax, y - 0.5, y - 0.5, 1, 1)
        for x, count in enumerate(row):
            if count or x == y:
                text = _write_cell(ax, x, y, f"{count:.9g}", shares[y][x] > DARK)
                text.set_fontweight("normal" if x == y else "bold")
    total, right = sum(map(sum, counts)), sum(row[y] for y, row in enumerate(counts))
    share = f"{right:.9g} of {total:.9g} right ({100 * right / (total or 1):.1f} %)"
    finish(ax, f"Confusion: {share}", "predicted class", "true class")
    ax.set_xticks(range(size), classes, rotation=45 * (max(map(len, classes)) > 40 // size))
    ax.set_yticks(range(size), classes)
    return ax


def matrices(model: Any) -> list[Matrix]:
    """The weights of each layer of a model, inputs × neurons, as numbers; a layer by itself has one matrix."""
    if not hasattr(model, "weights"):
        kind = type(model).__name__
        raise NetworkError(f"weights are drawn of a model or a layer, such as an MLP, and this is of type {kind}.")
    found = model.weights()
    layers = found if isinstance(found[0][0], list) else [found]
    return [[values.parameters(row) for row in matrix] for matrix in layers]


def heat(ax: Axes, matrix: Matrix, minus: bool, aspect: Literal["auto", "equal"] = "auto") -> None:
    """Numbers as colors, the first row on top, rows and columns counted from 1. NaN leaves a gap.

    `minus` puts a minus into each orange cell, which a grey print could not tell from a blue one.
    """
    cells = [(x, y, number) for y, row in enumerate(matrix, 1) for x, number in enumerate(row, 1)]
    largest = max(abs(number) for _, _, number in cells if number == number) or 1.0
    columns, rows = len(matrix[0]), len(matrix)
    extent = 0.5, columns + 0.5, rows + 0.5, 0.5
    image = ax.imshow(matrix, signs(), vmin=-largest, vmax=largest, extent=extent, aspect=aspect)
    below = [(x, y) for x, y, number in cells if number < -SEEN * largest] if minus else []
    ax.plot(
        [x for x, _ in below], [y for _, y in below], "_", color=INK, markersize=min(8.0, 35 * inches(ax) / columns)
    )
    scale = ax.figure.colorbar(image, ax=ax, shrink=0.9)
    scale.set_label("weight", fontsize=points(ax, LABEL), color=INK)
    scale.ax.tick_params(labelsize=points(ax, TICK), colors=INK)


def _write_cell(ax: Axes, x: float, y: float, text: str, dark: bool) -> Text:
    color = "white" if dark else INK
    return ax.text(x, y, text, ha="center", va="center", fontsize=points(ax, NOTE), color=color)
