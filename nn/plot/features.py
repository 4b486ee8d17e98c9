"""Plot what the neurons of every layer respond to: as images, and for two inputs as areas of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from engine import public

from ..checks import NetworkError, plural, size
from ..features import Responses, image_size, layer_outputs
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import PLOT, axis, grid_points, numpy_of_plots
from .canvas import INK, NOTE, axes, bare, finish, frame, inches, points, signs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS, DOWN = 1.25, 1.1  # from one image, which is 1 wide and high, to the next
BAND = 0.75  # the gap above each layer
BESIDE = 0.6  # the gap between layers that are drawn side by side
LEAST = 5 * ACROSS  # how wide the plot is at least, in images: its title needs room
SCREEN = 11.2, 6.3  # inches: what a picture fits into, 16:9, so that a screen of 1366 × 768 shows all of it
HEAD = 0.9  # inches: for the title
LARGEST = 0.75  # inches: an image need not be larger


class Blocks(NamedTuple):
    """Where the layers of a network are drawn: how many blocks a line has, and the size of a block, in images."""

    layers: int
    across: int
    wide: float
    high: float

    def corner(self, layer: int) -> tuple[float, float]:
        """Return the left and the upper end of a layer's block."""
        line, place = divmod(layer, self.across)
        return place * (self.wide + BESIDE), -line * self.high

    @property
    def width(self) -> float:
        """How wide the plot is, in images."""
        return max(self.across * (self.wide + BESIDE) - BESIDE, LEAST)

    @property
    def height(self) -> float:
        """How high the plot is, in images."""
        return -(-self.layers // self.across) * self.high + 0.05

    @property
    def unit(self) -> float:
        """How many inches an image can have, in a figure that fits the screen."""
        return min(SCREEN[0] / self.width, (SCREEN[1] - HEAD) / self.height, LARGEST)

    def size(self) -> tuple[float, float]:
        """Return the size of a new figure in inches, which shows the title in one or two lines."""
        return max(6.0, self.width * self.unit), HEAD + self.height * self.unit

    def limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the limits of the axes, across and up."""
        return (-0.1, self.width), (0.7 - self.height, 0.7)


def blocks(layers: int, wide: float, high: float) -> Blocks:
    """Return the arrangement of the layers in which images are largest; below each other if all are the same."""
    return max((Blocks(layers, across, wide, high) for across in range(1, layers + 1)), key=lambda each: each.unit)


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
    responses = Responses(model, table)
    preferred, strongest = responses.preferred(shape), responses.top_rows(images)
    purities = [] if y is None else responses.purity(y)
    columns = min(neurons, max(map(len, preferred)))
    high = BAND + DOWN * (1 + min(images, len(table)))
    place_of = blocks(len(preferred), ACROSS * columns, high)
    ax = axes(ax, *place_of.size())
    letters = min(points(ax, NOTE), 40 * inches(ax) / (columns * place_of.across))
    paper, ink = min(map(min, table)), max(map(max, table))
    for number, (inputs, rows) in enumerate(zip(preferred, strongest)):
        start_left, top = place_of.corner(number)
        title = f"layer {number + 1}" + (f": purity {purities[number]:.2f}" if purities else "")
        shown = f", neurons 1 to {columns} of {len(inputs)}" if len(inputs) > columns else ""
        ax.text(start_left, top + 0.15, title + shown, fontsize=letters, color=INK)
        for neuron, best in enumerate(inputs[:columns]):
            left = start_left + ACROSS * neuron
            for place, image in enumerate([best, *(table[row] for row in rows[neuron])]):
                start = top - DOWN * place
                lines = [image[pixel : pixel + width] for pixel in range(0, len(image), width)]
                ax.imshow(lines, "Greys", vmin=paper, vmax=ink, extent=(left, left + 1, start - 1, start))
                if place == 0:
                    frame(ax, left, start - 1, 1, 1)
    bare(ax, *place_of.limits())
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
    np = numpy_of_plots()

    table = values.table(X, "X")
    if len(table[0]) != 2:
        raise NetworkError(f"areas of the plane are drawn over two inputs, and X has {len(table[0])} a row.")
    count = PLOT[2].coarse
    scales = [axis(*around(column), count) for column in zip(*table)]
    layers = [np.array(outputs) for outputs in layer_outputs(model, grid_points(scales))]
    columns = max(outputs.shape[1] for outputs in layers)
    place_of = blocks(len(layers), ACROSS * columns, BAND + DOWN)
    ax = axes(ax, *place_of.size())
    colors = signs()
    for number, outputs in enumerate(layers):
        start_left, top = place_of.corner(number)
        ax.text(start_left, top + 0.15, f"layer {number + 1}", fontsize=points(ax, NOTE), color=INK)
        for neuron, plane in enumerate(outputs.T.reshape(-1, count, count)):
            left, low, high = start_left + ACROSS * neuron, plane.min(), plane.max()
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
    bare(ax, *place_of.limits())
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
