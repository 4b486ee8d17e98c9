"""Plots of rows that are images: digits with what a model makes of them, and what a first layer looks for."""

from __future__ import annotations

from math import ceil, nan, sqrt
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, plural, size
from ..data.table import targets
from ..picture import values
from .canvas import BLUE, FAINT, INK, NOTE, ORANGE, axes, bare, finish, frame, inches, legend, points
from .heatmap import heat, matrices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture.values import Table

MOST_IMAGES = 60  # images in one plot
WIDE, HIGH, BARS = 1.4, 2.2, 0.5  # a digit's place in the plot, and its highest bar; an image is 1 wide and high
# The bars of each kind: right and wrong answers, answers where no labels tell which they are, and all other classes.
KINDS: dict[str, Any] = {
    "right answer": {"color": BLUE},
    "wrong answer": {"color": ORANGE, "hatch": "///", "edgecolor": "white"},
    "answer": {"color": BLUE},
    "other class": {"color": FAINT},
}


@public
def digits(
    X: Any, probabilities: Any, labels: Any = None, shape: tuple[int, int] = (8, 8), ax: Axes | None = None
) -> Axes:
    """Images, each with the probability of every class as a bar below, and the answer, the likeliest class, above.

    A row of `X` has the pixels of an image, line by line, `shape` lines × columns; a larger number is darker. A row
    of `probabilities` has one a class. `labels` are the true classes: wrong answers are crossed, orange, hatched.

    Raises NetworkError (a ValueError) for rows of another size, and for probabilities that do not add up to 1.

    >>> ax = digits([[0, 1, 1, 0]], [[0.25, 0.75]], labels=[0], shape=(2, 2))
    >>> ax.get_title(loc="left"), ax.texts[0].get_text()
    ('0 of 1 right', '✗ 1 (75 %), is 0')
    """
    images, shares = values.table(X, "X"), values.table(probabilities, "probabilities")
    _, width = _sized(shape, len(images[0]), "a row of X")
    truth = [None] * len(images) if labels is None else [*targets(labels, len(images), "labels")]
    _check(images, shares, truth)
    columns = _columns(len(images), 2.4)
    ax = axes(ax, max(4.0, 1.9 * columns), 1.2 + 2.6 * ceil(len(images) / columns))
    letters = NOTE * min(1.0, inches(ax) / columns / 1.5)
    bars: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in KINDS}
    low, high = min(map(min, images)), max(map(max, images))
    answers = [row.index(max(row)) for row in shares]
    for number, (image, row, answer, label) in enumerate(zip(images, shares, answers, truth)):
        left, top = WIDE * (number % columns), -HIGH * (number // columns)
        lines = [image[start : start + width] for start in range(0, len(image), width)]
        ax.imshow(lines, "Greys", vmin=low, vmax=high, extent=(left, left + 1, top - 1, top))
        right = label is None or label == answer
        says = f"{answer} ({100 * row[answer]:.0f} %)" + ("" if right else f", is {label:g}")
        ax.text(left, top + 0.05, says if right else f"✗ {says}", color=INK if right else ORANGE,
                fontsize=letters, fontweight="normal" if right else "bold")  # fmt: skip
        kind = "answer" if label is None else "right answer" if right else "wrong answer"
        for name, share in enumerate(row):
            x, y = left + (name + 0.5) / len(row), top - 1.1 - BARS
            bars[kind if name == answer else "other class"].append((x, y, BARS * share))
            ax.text(x, y - 0.03, str(name), ha="center", va="top", fontsize=0.67 * letters, color=INK)
    for kind, places in bars.items():
        if places:
            xs, bottoms, heights = zip(*places)
            ax.bar(xs, heights, 0.8 / len(shares[0]), bottoms, label=kind, **KINDS[kind])
    bare(ax, (-0.1, WIDE * columns - 0.3), (0.35 - HIGH * ceil(len(images) / columns), 0.3))
    legend(ax, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3)
    right = f"{len(bars['right answer'])} of {len(images)} right"
    return finish(ax, plural(len(images), "image") if labels is None else right)


@public
def first_layer(model: Any, shape: tuple[int, int] = (8, 8), ax: Axes | None = None) -> Axes:
    """What each neuron of the first layer looks for: its weights as an image of `shape` lines × columns.

    Blue pixels speak for the neuron; orange ones, which have a minus, against it.

    Raises NetworkError (a ValueError) if an image does not have as many pixels as the layer has inputs.

    >>> from nn import MLP
    >>> ax = first_layer(MLP(64, [6, 10], rng=0))
    >>> ax.get_title(loc="left"), [text.get_text() for text in ax.texts]
    ('What the 6 neurons of the first layer look for', ['1', '2', '3', '4', '5', '6'])
    """
    matrix = matrices(model)[0]
    height, width = _sized(shape, len(matrix), "a neuron of the first layer")
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
    """How many things stand side by side, so that they fill a field `ratio` times as wide as high."""
    return min(count, ceil(sqrt(ratio * count)))


def _sized(shape: Any, pixels: int, whose: str) -> tuple[int, int]:
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise NetworkError(f"shape is the lines and the columns of an image, such as (8, 8), not {described(shape)}.")
    height, width = (size(number, "a side of an image") for number in shape)
    if height * width != pixels:
        raise NetworkError(
            f"{whose} has {plural(pixels, 'number')}, and an image of {height} × {width} has {height * width}: "
            "say which shape=(lines, columns) the images have."
        )
    return height, width


def _check(images: Table, shares: Table, truth: list[Any]) -> None:
    if len(images) > MOST_IMAGES:
        raise NetworkError(f"{len(images)} images are too many to see: draw {MOST_IMAGES} at most, such as X[:20].")
    if len(images) != len(shares):
        rows = plural(len(shares), "row")
        raise NetworkError(
            f"there are {plural(len(images), 'image')} and {rows} of probabilities: give one for each."
        )
    for number, row in enumerate(shares):
        if min(row) < 0 or abs(sum(row) - 1) > 1e-3:
            total = f"adds up to {sum(row):g}" if min(row) >= 0 else f"holds {min(row):g}"
            raise NetworkError(
                f"row {number} of the probabilities {total}: take losses.softmax of the model's scores."
            )
    classes = len(shares[0])
    if wrong := [label for label in truth if label is not None and label not in range(classes)]:
        raise NetworkError(f"there is no class {wrong[0]}: the probabilities are of classes 0 to {classes - 1}.")
