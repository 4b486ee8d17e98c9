"""Plot a matrix as a heat map: the weights of a layer, and a confusion matrix."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from engine import described, format_number, public

from ..checks import NetworkError, plural, whole
from ..naming import textbook_name
from ..picture import values
from ..picture.values import two_decimals
from ..structure import Matrix, chain, structure_of
from ..summary import parts
from .canvas import INK, LABEL, NOTE, TICK, axes, finish, frame, inches, plot_names, points, signs, whole_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

Numbers = list[list[float]]
MOST_NAMES = 40  # weights in a matrix that has space for their names, too
MOST_NUMBERS = 150  # a larger matrix has no space for its numbers, only for a minus at its negative ones
DARK = 0.82  # of the largest number: from here on, its color is so dark that its text is white
MINUS_FROM = 0.1  # of the largest number: from here on, a negative number has a color that a minus must explain


@public
def weights(model: Any, layer: int = 1, ax: Axes | None = None) -> Axes:
    """Plot the weights of one layer as a heat map: a row for each input, a column for each neuron.

    Blue is positive, orange negative. A small matrix has its numbers in it, with their names in a textbook: w23 leads
    from the second input to the third neuron. A large one has a minus where it is orange.

    Parameters
    ----------
    model: a model or a layer; it has `weights()`.
    layer: which layer of a model to draw, counted from 1. A recurrent network has 1, W, from its inputs, 2, U, from
        its last state, and 3, V, to its outputs.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) if there is no such layer.

    >>> from nn import MLP
    >>> ax = weights(MLP(2, [3, 1], rng=0), layer=1)
    >>> ax.get_title(loc="left"), len(ax.texts)
    ('Weights of layer 1: 2 inputs × 3 neurons', 6)
    """
    layers = named_matrices(model)
    number = whole(layer)
    if number is None or not 1 <= number <= len(layers):
        raise NetworkError(
            f"there is no layer {described(layer)}: this model has {plural(len(layers), 'layer')}, from 1 on."
        )
    shown = layers[number - 1]
    matrix = [values.parameters(row) for row in shown.rows]
    rows, columns = len(matrix), len(matrix[0])
    ax = axes(ax, 8, min(8.0, max(2.5, 1.5 + 6 * rows / columns)))
    sizes = f"{plural(rows, shown.row)} × {plural(columns, shown.column)}"
    finish(ax, f"Weights of {shown.name}: {sizes}", f"to {shown.column}", f"from {shown.row}")
    letter = shown.name.lower() if len(shown.name) == 1 else "w"  # the U of a recurrent network has u23
    heat(ax, matrix, minus=rows * columns > MOST_NUMBERS)
    if rows * columns <= MOST_NUMBERS:
        largest = max(abs(weight) for row in matrix for weight in row)
        for y, row in enumerate(matrix):
            for x, weight in enumerate(row):
                name = f"{textbook_name(letter, y, x)}\n" if rows * columns <= MOST_NAMES else ""
                _write_number(ax, x + 1, y + 1, f"{name}{two_decimals(weight)}", abs(weight) > DARK * largest)
    whole_ticks(ax.xaxis, min(columns, 12))
    whole_ticks(ax.yaxis, min(rows, 12))
    return ax


@public
def confusion(matrix: Any, names: Sequence[Any] | None = None, ax: Axes | None = None) -> Axes:
    """Plot a confusion matrix: a row for each true class, a column for each predicted class.

    Right predictions are on the diagonal, framed and blue; wrong ones are bold and orange. A number is the darker,
    the larger a part of its row it is.

    Parameters
    ----------
    matrix: counts, as `nn.confusion_matrix` returns them.
    names: the names of the classes; 0, 1, ... unless there are some.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a matrix that is not square, and for another number of names.

    >>> ax = confusion([[9, 1], [2, 8]], names=["cat", "dog"])
    >>> ax.get_title(loc="left"), [text.get_text() for text in ax.texts]
    ('Confusion: 17 of 20 right (85.0 %)', ['9', '1', '2', '8'])
    """
    counts = values.table(matrix, "the confusion matrix")
    size = len(counts)
    if len(counts[0]) != size:
        raise NetworkError(f"a confusion matrix is square, and this one is {size} × {len(counts[0])}.")
    if negative := [count for row in counts for count in row if count < 0]:
        raise NetworkError(
            f"a confusion matrix holds counts, 0 or more, and this one holds {format_number(negative[0])}."
        )
    classes = plot_names(names, [*map(str, range(size))], "names")
    ax = axes(ax, 7.5, 7)
    depths = [[sqrt(count / (sum(row) or 1)) for count in row] for row in counts]
    signed = [[depth if x == y else -depth for x, depth in enumerate(row)] for y, row in enumerate(depths)]
    ax.imshow(signed, signs(), vmin=-1, vmax=1)
    for y, row in enumerate(counts):
        frame(ax, y - 0.5, y - 0.5, 1, 1)
        for x, count in enumerate(row):
            if count or x == y:
                text = _write_number(ax, x, y, f"{count:.9g}", depths[y][x] > DARK)
                text.set_fontweight("normal" if x == y else "bold")
    total, right = sum(map(sum, counts)), sum(row[y] for y, row in enumerate(counts))
    accuracy = f"{right:.9g} of {total:.9g} right ({100 * right / (total or 1):.1f} %)"
    finish(ax, f"Confusion: {accuracy}", "predicted class", "true class")
    ax.set_xticks(range(size), classes, rotation=45 * (max(map(len, classes)) > 40 // size))
    ax.set_yticks(range(size), classes)
    return ax


def named_matrices(model: Any) -> list[Matrix]:
    """Return the weights of each layer of a model, inputs × neurons, each with a name."""
    structure = None if isinstance(model, type) else structure_of(model)
    listed: list[Matrix] = []
    if structure is not None:
        listed = [*structure.matrices] or [matrix for layer in _layers_of(model) for matrix in _matrices_of(layer)]
    if not listed and callable(getattr(model, "weights", None)) and not isinstance(model, type):
        weights = model.weights()
        listed = [Matrix(rows) for rows in (weights if isinstance(weights[0][0], list) else [weights])]
    if not listed:
        raise NetworkError(
            f"weights are drawn of a model or a layer, such as an MLP, and this is {described(model)}. A Module of "
            "your own says in structure() what its neurons are, or has weights()."
        )
    return [matrix if matrix.name else matrix._replace(name=f"layer {n}") for n, matrix in enumerate(listed, 1)]


def matrices(model: Any) -> list[Numbers]:
    """Return the weights of each layer of a model as numbers, inputs × neurons; a layer by itself has one matrix."""
    return [[values.parameters(row) for row in matrix.rows] for matrix in named_matrices(model)]


def _layers_of(model: Any) -> list[Any]:
    """Return the layers of a model: those that feed each other, else those that its attributes hold."""
    layers = chain(model)
    return [part.thing for part in parts(model)] if layers is None else layers


def _matrices_of(layer: Any) -> Sequence[Matrix]:
    structure = structure_of(layer)
    if structure is None:
        return []
    units = [unit.weights for unit in structure.units]
    return structure.matrices or ([Matrix([*zip(*units)])] if units else [])


def heat(ax: Axes, matrix: Numbers, minus: bool, aspect: Literal["auto", "equal"] = "auto") -> None:
    """Draw a matrix as a heat map, the first row on top, rows and columns counted from 1. NaN leaves a gap.

    - `ax`: the axes to draw on.
    - `matrix`: rows of numbers.
    - `minus`: whether each negative number gets a minus, as a grey print shows orange and blue alike.
    - `aspect`: "equal" for square cells, "auto" to fill the axes.
    """
    entries = [(x, y, number) for y, row in enumerate(matrix, 1) for x, number in enumerate(row, 1)]
    largest = max(abs(number) for _, _, number in entries if number == number) or 1.0
    columns, rows = len(matrix[0]), len(matrix)
    extent = 0.5, columns + 0.5, rows + 0.5, 0.5
    image = ax.imshow(matrix, signs(), vmin=-largest, vmax=largest, extent=extent, aspect=aspect)
    negative = [(x, y) for x, y, number in entries if number < -MINUS_FROM * largest] if minus else []
    xs, ys = zip(*negative) if negative else ([], [])
    ax.plot(xs, ys, "_", color=INK, markersize=min(8.0, 35 * inches(ax) / columns))
    scale = ax.figure.colorbar(image, ax=ax, shrink=0.9)
    scale.set_label("weight", fontsize=points(ax, LABEL), color=INK)
    scale.ax.tick_params(labelsize=points(ax, TICK), colors=INK)


def _write_number(ax: Axes, x: float, y: float, text: str, dark: bool) -> Text:
    color = "white" if dark else INK
    return ax.text(x, y, text, ha="center", va="center", fontsize=points(ax, NOTE), color=color)
