"""Plot a network graph: a node for each neuron, a line for each weight."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine import public

from ..checks import plural
from ..layers import Neuron
from ..picture.network import columns
from ..picture.values import two_decimals
from .canvas import INK, LABEL, NOTE, axes, bare, finish, legend, points, signs, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from ..picture.network import Column

MOST_NODES = 12  # nodes that a column shows; of more, the first and the last
MOST_WEIGHTS = 12  # with more there is no room for their numbers
THIN, THICK = 0.4, 4.2  # a line's width in points: for a weight near 0, and what the largest one adds
ALONG = 0.27  # where on a line its number stands, from 0, its start, to 1
FILL = 0.7  # how dark the largest number makes its node

Heights = dict[int, float]  # the nodes of a column that are shown, by their numbers, and how high each is


@public
def network(model: Any, x: Any = None, ax: Axes | None = None) -> Axes:
    """Plot a network graph, from the inputs on the left to the outputs on the right, a node for each neuron.

    Each line is a weight: the wider, the larger; positive ones solid and blue, negative ones dashed and orange. A
    small network also has the numbers of its weights and biases. A large one shows some nodes of each column.

    Parameters
    ----------
    model: an `MLP`, a `Recurrent`, a `Layer` or a `Neuron`.
    x: a row; each node then shows its number for it. For a recurrent network a sequence, of which the last step is
        drawn. None shows the names of the nodes.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a row of another length, and for what has no neurons to draw.

    >>> from nn import MLP
    >>> ax = network(MLP(2, [2, 1], "tanh", rng=0), x=[1.0, -1.0])
    >>> ax.get_title(loc="left")
    'MLP: 9 parameters, one sample'
    """
    found = columns(model, x)
    tallest = max(min(len(column.names), MOST_NODES) for column in found)
    places = [_places(len(column.names), tallest) for column in found]
    captions = [
        column.title + f"\n({len(place)} drawn)" * (len(place) < len(column.names))
        for column, place in zip(found, places)
    ]
    written = sum(len(column.weights) * len(before.names) for before, column in pairwise(found)) <= MOST_WEIGHTS
    single, feedback = isinstance(model, Neuron), found[0].states > 0
    top, lines = (tallest - 1) / 2, max(caption.count("\n") + 1 for caption in captions)
    ax = axes(ax, max(6.0, 2.6 * (len(found) + single)), 2.4 + (0.85 if written else 0.65) * tallest + 0.6 * feedback)
    finish(
        ax,
        f"{type(model).__name__}: {plural(len(model.parameters()), 'parameter')}{', one sample' * (x is not None)}",
    )
    bare(ax, (-0.5, len(found) + single - 0.5), (-top - 0.9 - 0.9 * feedback, top + 0.6 + 0.45 * lines))
    width = _room(ax)
    _lines(ax, found, places, written)
    for number, (column, place, caption) in enumerate(zip(found, places, captions)):
        _nodes(ax, number, column, place, width)
        _write_at(ax, number, top + 0.6, caption, LABEL, "bottom")
        for node, bias in enumerate(column.biases if written else []):
            ax.annotate(f"b = {two_decimals(bias)}", (number, place[node]), (0, -width / 2 - 2), textcoords="offset points",
                        ha="center", va="top", fontsize=points(ax, NOTE - 1), color=INK)  # fmt: skip
    if single:
        _write_at(ax, 0.5, -top - 0.3, "weights\n(synapses)", LABEL, "top")
        _write_at(ax, 2, top + 0.6, "output\n(axon)", LABEL, "bottom")
        ax.annotate(
            "", (2.2, 0), (1, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": points(ax, 2)}, zorder=1
        )
    if feedback:
        _feedback(ax, places, -top - 1.0)
    legend(ax, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2)
    return ax


def _places(count: int, tallest: int) -> Places:
    """Which nodes of a column are shown, and how high: a column of few nodes is spread, to part its lines."""
    shown = (
        [*range(count)]
        if count <= MOST_NODES
        else [*range(MOST_NODES // 2), -1, *range(count - MOST_NODES // 2 + 1, count)]
    )
    step = min(1.6, tallest / len(shown))
    return {node: step * ((len(shown) - 1) / 2 - row) for row, node in enumerate(shown) if node >= 0}


def _room(ax: Axes) -> float:
    """How wide a node can be, in points, so that there is room between it and the next."""
    low, high = ax.get_ylim()
    return float(min(38.0, 0.8 * 72 * ax.bbox.height / ax.figure.dpi / (high - low)))


def _lines(ax: Axes, found: list[Column], places: list[Places], written: bool) -> None:
    from matplotlib.collections import LineCollection

    largest = max(abs(weight) for column in found for row in column.weights for weight in row) or 1.0
    lines = [
        (((x, start), (x + 1, end)), column.weights[target][source])
        for x, (column, before, after) in enumerate(zip(found[1:], places, places[1:]))
        for target, end in after.items()
        for source, start in before.items()
    ]
    for sign, look, label in (1, style(0), "positive weight"), (-1, style(1), "negative weight"):
        chosen = [
            (line, points(ax, THIN + THICK * abs(weight) / largest)) for line, weight in lines if weight * sign > 0
        ]
        drawn, widths = zip(*chosen) if chosen else ([], [])
        ax.add_collection(LineCollection(drawn, linewidths=widths, colors=look.color, linestyles=look.dash, zorder=1))
        ax.plot([], [], color=look.color, linestyle=look.dash, linewidth=points(ax, 3), label=label)
    for ((x, start), (_, end)), weight in lines if written else []:
        text = _write_at(ax, x + ALONG, start + ALONG * (end - start), two_decimals(weight), NOTE - 1)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})


def _nodes(ax: Axes, x: int, column: Column, place: Places, width: float) -> None:
    largest = max(map(abs, column.values), default=0.0) or 1.0
    shares = [column.values[node] / largest if column.values else 0.0 for node in place]
    dashes = ["-" if node < len(column.names) - column.states else ":" for node in place]
    ax.scatter(
        [x] * len(place), [*place.values()], width**2, shares, cmap=signs(), vmin=-1 / FILL, vmax=1 / FILL,
        edgecolors=INK, linewidths=points(ax, 1.5), linestyles=dashes, zorder=3,
    )  # fmt: skip
    for node, y in place.items():
        text = two_decimals(column.values[node]) if column.values else column.names[node]
        ax.text(x, y, text, ha="center", va="center", fontsize=0.29 * width, color=INK, zorder=4)
    if len(place) < len(column.names):
        middle = (place[MOST_NODES // 2 - 1] + place[len(column.names) - MOST_NODES // 2 + 1]) / 2
        ax.text(x, middle, "⋮", ha="center", va="center", fontsize=0.6 * width, color=INK)


def _feedback(ax: Axes, places: list[Places], low: float) -> None:
    """The way of the state: from the hidden neurons back to what the next step reads."""
    start, end = min(places[1].values()) - 0.5, min(places[0].values()) - 0.5
    line: dict[str, Any] = {"color": INK, "linestyle": ":", "linewidth": points(ax, 2)}
    ax.plot([1, 1, 0], [start, low, low], **line)
    ax.annotate("", (0, end), (0, low), arrowprops={"arrowstyle": "-|>", **line})
    _write_at(ax, 0.5, low - 0.1, "state, one step later", NOTE, "top")


def _write_at(ax: Axes, x: float, y: float, text: str, size: float, va: str = "center") -> Text:
    return ax.text(x, y, text, ha="center", va=va, fontsize=points(ax, size), color=INK, zorder=2)
