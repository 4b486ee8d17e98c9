"""Plot images: digits with their predicted classes, and the weights of a first layer."""

from __future__ import annotations

from math import ceil, nan, sqrt
from typing import TYPE_CHECKING, Any

from engine import described, format_number, public

from ..checks import NetworkError, plural
from ..data.table import targets
from ..decision import predicted_class, target_classes
from ..features import image_size
from ..picture import values
from .canvas import BLUE, FAINT, INK, NOTE, ORANGE, axes, bare, finish, frame, inches, legend, points
from .heatmap import heat, matrices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture.values import Table

MOST_IMAGES = 60  # images in one plot
# The width and height of the field of a digit, and the height of its highest bar. An image is 1 wide and 1 high.
WIDE, HIGH, BARS = 1.4, 2.2, 0.5
# The style of each kind of bar: right predictions, wrong ones, predictions without labels, and all other classes.
BAR_STYLES: dict[str, Any] = {
    "right answer": {"color": BLUE},
    "wrong answer": {"color": ORANGE, "hatch": "///", "edgecolor": "white"},
    "answer": {"color": BLUE},
    "other class": {"color": FAINT},
}


@public
def digits(
    X: Any, probabilities: Any, labels: Any = None, shape: tuple[int, int] = (8, 8), ax: Axes | None = None
) -> Axes:
    """Plot images, each with its predicted class above it, and a bar for the probability of each class below.

    The predicted class is that of the largest probability. A wrong prediction is marked with a cross; its bar is
    orange and hatched.

    Parameters
    ----------
    X: a row for each image: its pixels, line by line. A larger number is darker.
    probabilities: a row for each image: the probability of each class.
    labels: the true class of each image, counted from 0; None if they are not known.
    shape: the lines and the columns of an image, in pixels.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for rows of another size than `shape`, and for probabilities that do not add up to 1.

    >>> ax = digits([[0, 1, 1, 0]], [[0.25, 0.75]], labels=[0], shape=(2, 2))
    >>> ax.get_title(loc="left"), ax.texts[0].get_text()
    ('0 of 1 right', '✗ 1 (75 %), is 0')
    """
    images, chances = values.table(X, "X"), values.table(probabilities, "probabilities")
    _, width = image_size(shape, len(images[0]), "a row of X")
    _check_probabilities(images, chances)
    truth = _true_classes(labels, len(images), len(chances[0]))
    columns = _columns(len(images), 2.4)
    ax = axes(ax, max(4.0, 1.9 * columns), 1.2 + 2.6 * ceil(len(images) / columns))
    letters = NOTE * min(1.0, inches(ax) / columns / 1.5)
    bars: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in BAR_STYLES}
    low, high = min(map(min, images)), max(map(max, images))
    predictions = [predicted_class(row, 0.0) for row in chances]
    for number, (image, row, prediction, label) in enumerate(zip(images, chances, predictions, truth)):
        left, top = WIDE * (number % columns), -HIGH * (number // columns)
        lines = [image[start : start + width] for start in range(0, len(image), width)]
        ax.imshow(lines, "Greys", vmin=low, vmax=high, extent=(left, left + 1, top - 1, top))
        right = label is None or label == prediction
        text = f"{prediction} ({100 * row[prediction]:.0f} %)" + ("" if right else f", is {label}")
        ax.text(left, top + 0.05, text if right else f"✗ {text}", color=INK if right else ORANGE,
                fontsize=letters, fontweight="normal" if right else "bold")  # fmt: skip
        kind = "answer" if label is None else "right answer" if right else "wrong answer"
        for name, probability in enumerate(row):
            x, y = left + (name + 0.5) / len(row), top - 1.1 - BARS
            bars[kind if name == prediction else "other class"].append((x, y, BARS * probability))
            ax.text(x, y - 0.03, str(name), ha="center", va="top", fontsize=0.67 * letters, color=INK)
    for kind, places in bars.items():
        if places:
            xs, bottoms, heights = zip(*places)
            ax.bar(xs, heights, 0.8 / len(chances[0]), bottoms, label=kind, **BAR_STYLES[kind])
    bare(ax, (-0.1, WIDE * columns - 0.3), (0.35 - HIGH * ceil(len(images) / columns), 0.3))
    legend(ax, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3)
    accuracy = f"{len(bars['right answer'])} of {len(images)} right"
    return finish(ax, plural(len(images), "image") if labels is None else accuracy)


@public
def first_layer(model: Any, shape: tuple[int, int] = (8, 8), ax: Axes | None = None) -> Axes:
    """Plot the weights of each neuron of the first layer as an image.

    A pixel that is blue raises the neuron's weighted sum; one that is orange and has a minus lowers it.

    Parameters
    ----------
    model: a model, or a layer by itself; it has `weights()`.
    shape: the lines and the columns of an image, in pixels.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) if an image does not have as many pixels as the layer has inputs.

    >>> from nn import MLP
    >>> ax = first_layer(MLP(64, [6, 10], rng=0))
    >>> ax.get_title(loc="left"), [text.get_text() for text in ax.texts]
    ('What the 6 neurons of the first layer look for', ['1', '2', '3', '4', '5', '6'])
    """
    matrix = matrices(model)[0]
    height, width = image_size(shape, len(matrix), "a neuron of the first layer")
    neurons = [*zip(*matrix)]
    columns = _columns(len(neurons), 2.0)
    gap = max(1, height // 4)  # in pixels
    ax = axes(ax, 8, min(10.0, 1.2 + 6.5 * ceil(len(neurons) / columns) / columns))
    mosaic = [[nan] * (columns * (width + gap)) for _ in range(ceil(len(neurons) / columns) * (height + gap))]
    for number, neuron in enumerate(neurons):
        left, top = number % columns * (width + gap), number // columns * (height + gap) + gap
        for line in range(height):
            mosaic[top + line][left : left + width] = neuron[line * width : (line + 1) * width]
        frame(ax, left + 0.5, top + 0.5, width, height)
        ax.text(left + 0.5, top + 0.2, str(number + 1), fontsize=points(ax, NOTE - 1), color=INK)
    finish(ax, f"What the {plural(len(neurons), 'neuron')} of the first layer look for")
    heat(ax, mosaic, minus=True, aspect="equal")
    bare(ax, (0.0, len(mosaic[0]) - gap + 1.0), (len(mosaic) + 1.0, 0.0))
    return ax


def _columns(count: int, ratio: float) -> int:
    """Return how many things to put side by side, so that all together are `ratio` times as wide as high."""
    return min(count, ceil(sqrt(ratio * count)))


def _check_probabilities(images: Table, probabilities: Table) -> None:
    """Raise NetworkError for too many images, and unless each has probabilities that add up to 1."""
    if len(images) > MOST_IMAGES:
        raise NetworkError(f"{len(images)} images are too many to see: draw {MOST_IMAGES} at most, such as X[:20].")
    if len(images) != len(probabilities):
        rows = plural(len(probabilities), "row")
        raise NetworkError(
            f"there are {plural(len(images), 'image')} and {rows} of probabilities: give one for each."
        )
    if len(probabilities[0]) == 1:
        raise NetworkError("the probabilities are of one class: give one for each class, such as [1 - p, p].")
    for number, row in enumerate(probabilities):
        if min(row) < 0 or abs(sum(row) - 1) > 1e-3:
            total = f"adds up to {format_number(sum(row))}" if min(row) >= 0 else f"holds {format_number(min(row))}"
            raise NetworkError(
                f"row {number} of the probabilities {total}: take losses.softmax of the model's scores."
            )


def _true_classes(labels: Any, count: int, classes: int) -> list[int | None]:
    """Return the true class of each of `count` images; each is None if there are no labels."""
    if labels is None:
        return [None] * count
    known = targets(labels, count, "labels")
    true_classes = target_classes(known, classes)
    for label, kind in zip(known, true_classes):
        if kind is None:
            there = f"the probabilities are of classes 0 to {classes - 1}"
            raise NetworkError(f"there is no class {described(label)}: {there}.")
    return true_classes
