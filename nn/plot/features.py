"""Plot what the neurons of every layer respond to: as images, and for two inputs as areas of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import public

from ..checks import NetworkError, plural, size
from ..features import image_size, layer_outputs, preferred_inputs, purity, top_rows
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import PLOT, axis, grid_points
from .canvas import INK, NOTE, axes, bare, finish, frame, inches, points, signs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS, DOWN = 1.25, 1.1  # from one image, which is 1 wide and high, to the next
BAND = 0.75  # the gap above each layer
LEAST = 5 * ACROSS  # how wide the plot is at least, in images: its title needs room


@public
def features(
    model: Any,
    X: Any,
    y: Any = None,
    shape: tuple[int, int] = (8, 8),
    neurons: int = 10,
    images: int = 3,
    ax: Axes | None = None,
) -> Axes:
    """Plot for the neurons of every layer the image that would excite each most, and the images of X that do.

    The first line of a layer is found by gradient ascent on the pixels, see `nn.preferred_inputs`, and framed. Below
    are rows of X, the strongest first. With `y`, a layer's title has its purity: how much of one class the twenty
    strongest rows of a neuron are.

    Parameters
    ----------
    model: an MLP, or another model whose layers pass rows of numbers on.
    X: rows of pixels, line by line. A larger number is darker.
    y: the class of each row; None if they are not known.
    shape: how many lines and columns an image has.
    neurons: how many neurons of each layer to show, the first ones.
    images: how many rows of X to show for each neuron.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a model without layers, and for rows of another size.

    >>> from nn import MLP
    >>> ax = features(MLP(4, [3, 2], rng=0), [[0, 1, 1, 0], [1, 0, 0, 1]], [0, 1], shape=(2, 2))
    >>> [text.get_text() for text in ax.texts if "purity" in text.get_text()]
    ['layer 1: purity 0.50', 'layer 2: purity 0.50']
    """
    table = values.table(X, "X")
    _, width = image_size(shape, len(table[0]), "a row of X")
    neurons, images = size(neurons, "neurons"), size(images, "images")
    preferred = preferred_inputs(model, table, shape)
    strongest = top_rows(model, table, images)
    purities = [] if y is None else purity(model, table, y)
    columns = min(neurons, max(map(len, preferred)))
    band = BAND + DOWN * (1 + min(images, len(table)))
    ax = axes(ax, *_size(columns, len(preferred) * band))
    letters = min(points(ax, NOTE), 40 * inches(ax) / columns)
    paper, ink = min(map(min, table)), max(map(max, table))
    for number, (inputs, rows) in enumerate(zip(preferred, strongest)):
        top = -number * band
        title = f"layer {number + 1}" + (f": purity {purities[number]:.2f}" if purities else "")
        shown = f", neurons 1 to {columns} of {len(inputs)}" if len(inputs) > columns else ""
        ax.text(0, top + 0.15, title + shown, fontsize=letters, color=INK)
        for neuron, best in enumerate(inputs[:columns]):
            left = ACROSS * neuron
            for place, image in enumerate([best, *(table[row] for row in rows[neuron])]):
                start = top - DOWN * place
                lines = [image[pixel : pixel + width] for pixel in range(0, len(image), width)]
                ax.imshow(lines, "Greys", vmin=paper, vmax=ink, extent=(left, left + 1, start - 1, start))
                if place == 0:
                    frame(ax, left, start - 1, 1, 1)
    bare(ax, (-0.1, max(ACROSS * columns, LEAST)), (-len(preferred) * band + 0.5, 0.7))
    return finish(ax, "What excites each neuron: framed, an input made for it; below, rows that do")


@public
def neurons(model: Any, X: Any, ax: Axes | None = None) -> Axes:
    """Plot for every neuron of a model of two inputs where in the plane it is on (blue, +) and off (orange, −).

    The line is its own boundary, where its output is halfway between its least and its largest there, or 0 if it is
    both below and above 0.

    Parameters
    ----------
    model: an MLP, or another model whose layers pass rows of numbers on.
    X: rows of two numbers; the plane is drawn as far as they go.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for rows that do not have two numbers, and for a model without layers.

    >>> from nn import MLP
    >>> ax = neurons(MLP(2, [3, 1], "tanh", rng=0), [[-1, -1], [1, 1]])
    >>> [text.get_text() for text in ax.texts]
    ['layer 1', '+', '−', '+', '−', '+', '−', 'layer 2', '+', '−']
    """
    import numpy as np

    table = values.table(X, "X")
    if len(table[0]) != 2:
        raise NetworkError(f"areas of the plane are drawn over two inputs, and X has {len(table[0])} a row.")
    count = PLOT[2].coarse
    scales = [axis(*around(column), count) for column in zip(*table)]
    layers = [np.array(outputs) for outputs in layer_outputs(model, grid_points(scales))]
    columns = max(outputs.shape[1] for outputs in layers)
    band = BAND + DOWN
    ax = axes(ax, *_size(columns, len(layers) * band))
    colors = signs()
    for number, outputs in enumerate(layers):
        top = -number * band
        ax.text(0, top + 0.15, f"layer {number + 1}", fontsize=points(ax, NOTE), color=INK)
        for neuron, plane in enumerate(outputs.T.reshape(-1, count, count)):
            left, low, high = ACROSS * neuron, plane.min(), plane.max()
            middle = 0.0 if low < 0 < high else (low + high) / 2
            reach = max(high - middle, middle - low) or 1.0
            where = (left, left + 1, top - 1, top)
            ax.imshow(plane, colors, origin="lower", vmin=middle - reach, vmax=middle + reach, extent=where)
            if low < high:
                across, up = np.linspace(left, left + 1, count), np.linspace(top - 1, top, count)
                ax.contour(across, up, plane, [middle], colors=INK, linewidths=points(ax, 1.5))
                _sign(ax, plane - middle, left, top - 1, "+")
                _sign(ax, middle - plane, left, top - 1, "−")
            frame(ax, left, top - 1, 1, 1)
    bare(ax, (-0.1, max(ACROSS * columns, LEAST)), (-len(layers) * band + 0.5, 0.7))
    count_of_neurons = sum(each.shape[1] for each in layers)
    return finish(ax, f"{plural(count_of_neurons, 'neuron')}: where each is on (+), off (−)")


def _sign(ax: Axes, plane: Any, left: float, bottom: float, sign: str) -> None:
    """Write a sign where a plane of numbers is largest, if that is above 0 and not at the plane's very edge."""
    import numpy as np

    count = len(plane)
    edge = count // 7
    inner = plane[edge : count - edge, edge : count - edge]
    line, column = np.unravel_index(np.argmax(inner), inner.shape)
    if inner[line, column] > 0:
        paper = {"boxstyle": "circle,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        x, y = left + (column + edge) / (count - 1), bottom + (line + edge) / (count - 1)
        ax.text(x, y, sign, fontsize=points(ax, NOTE), color=INK, ha="center", va="center", bbox=paper)


def _size(columns: int, high: float) -> tuple[float, float]:
    """Return the size of a new figure in inches, for so many images side by side and a plot so many images high."""
    width = max(LEAST, ACROSS * columns)
    inches = min(9.0, max(6.0, 0.75 * width))
    return inches, 0.9 + inches * (high + 0.2) / width
