"""Plot a network graph: a node for each neuron, a line for each weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import public

from ..checks import plural
from ..picture.network import columns
from ..picture.values import parameters, two_decimals
from ..structure import structure_of
from .canvas import INK, LABEL, NOTE, axes, bare, finish, legend, points, signs, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from engine import Value

    from ..picture.network import Column

MOST_NODES = 12  # nodes that a column shows; of more, the first and the last
MOST_WEIGHTS = 12  # with more there is no space for their numbers
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
    model: a layer, or a model whose layers each feed the next. A layer that reads several positions, such as a
        `Conv1d`, has a node for each, and lines for the inputs that are read there.
    x: a row; each node then shows its number for it. For a recurrent network a sequence, of which the last step is
        drawn. None shows the names of the nodes.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a row of another length, and for a model that is not a chain of layers.

    >>> from nn import MLP
    >>> ax = network(MLP(2, [2, 1], "tanh", rng=0), x=[1.0, -1.0])
    >>> ax.get_title(loc="left")
    'MLP: 9 parameters, one sample'
    """
    parts = columns(model, x)
    tallest = max(min(len(column.names), MOST_NODES) for column in parts)
    heights = [_heights(len(column.names), tallest) for column in parts]
    titles = [
        column.title + f"\n({len(shown)} drawn)" * (len(shown) < len(column.names))
        for column, shown in zip(parts, heights)
    ]
    weights = sum(weight is not None for column in parts for row in column.weights for weight in row)
    with_numbers = weights <= MOST_WEIGHTS
    structure = structure_of(model)
    is_neuron = structure is not None and structure.is_cell
    has_feedback = parts[0].states > 0
    width = len(parts) + is_neuron
    top, lines = (tallest - 1) / 2, max(title.count("\n") + 1 for title in titles)
    row_height = 0.85 if with_numbers else 0.65
    ax = axes(ax, max(6.0, 2.6 * width), 2.4 + row_height * tallest + 0.6 * has_feedback)
    count = plural(len(model.parameters()), "parameter")
    finish(ax, f"{type(model).__name__}: {count}{'' if x is None else ', one sample'}")
    bare(ax, (-0.5, width - 0.5), (-top - 0.9 - 0.9 * has_feedback, top + 0.6 + 0.45 * lines))
    size = _node_size(ax)
    _draw_weights(ax, parts, heights, with_numbers)
    for number, (column, shown, title) in enumerate(zip(parts, heights, titles)):
        _draw_nodes(ax, number, column, shown, size)
        _write_at(ax, number, top + 0.6, title, LABEL, "bottom")
        for node, bias in enumerate(column.biases if with_numbers else []):
            if bias is None:
                continue
            ax.annotate(f"b = {two_decimals(*parameters([bias]))}", (number, shown[node]), (0, -size / 2 - 2),
                        textcoords="offset points", ha="center", va="top", fontsize=points(ax, NOTE - 1),
                        color=INK)  # fmt: skip
    if is_neuron:
        _write_at(ax, 0.5, -top - 0.3, "weights\n(synapses)", LABEL, "top")
        _write_at(ax, 2, top + 0.6, "output\n(axon)", LABEL, "bottom")
        ax.annotate(
            "", (2.2, 0), (1, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": points(ax, 2)}, zorder=1
        )
    if has_feedback:
        _draw_feedback(ax, heights, -top - 1.0)
    legend(ax, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2)
    return ax


def _heights(count: int, tallest: int) -> Heights:
    """Return which nodes of a column are shown, and how high. The nodes of a column of few are farther apart."""
    half = MOST_NODES // 2
    rows = [*range(count)] if count <= MOST_NODES else [*range(half), -1, *range(count - half + 1, count)]
    step = min(1.6, tallest / len(rows))
    return {node: step * ((len(rows) - 1) / 2 - row) for row, node in enumerate(rows) if node >= 0}


def _node_size(ax: Axes) -> float:
    """Return how wide a node can be, in points, so that there is space between it and the next."""
    low, high = ax.get_ylim()
    return float(min(38.0, 0.8 * 72 * ax.bbox.height / ax.figure.dpi / (high - low)))


def _draw_weights(ax: Axes, parts: list[Column], heights: list[Heights], with_numbers: bool) -> None:
    """Draw the line of each weight between nodes that are shown."""
    from matplotlib.collections import LineCollection

    numbers = [[_numbers(row) for row in column.weights] for column in parts]
    largest = max((abs(weight) for rows in numbers for row in rows for weight in row.values()), default=0.0) or 1.0
    lines = [
        (((x, start), (x + 1, end)), rows[target][source])
        for x, (rows, before, after) in enumerate(zip(numbers[1:], heights, heights[1:]))
        for target, end in after.items()
        for source, start in before.items()
        if source in rows[target]
    ]
    for sign, look, label in (1, style(0), "positive weight"), (-1, style(1), "negative weight"):
        chosen = [
            (line, points(ax, THIN + THICK * abs(weight) / largest)) for line, weight in lines if weight * sign > 0
        ]
        segments, widths = zip(*chosen) if chosen else ([], [])
        ax.add_collection(
            LineCollection(segments, linewidths=widths, colors=look.color, linestyles=look.dash, zorder=1)
        )
        ax.plot([], [], color=look.color, linestyle=look.dash, linewidth=points(ax, 3), label=label)
    for ((x, start), (_, end)), weight in lines if with_numbers else []:
        text = _write_at(ax, x + ALONG, start + ALONG * (end - start), two_decimals(weight), NOTE - 1)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})


def _numbers(row: Sequence[Value | None]) -> dict[int, float]:
    """Return the numbers of the weights to a node, by the node that each comes from."""
    present = {source: weight for source, weight in enumerate(row) if weight is not None}
    return dict(zip(present, parameters(present.values())))


def _draw_nodes(ax: Axes, x: int, column: Column, heights: Heights, size: float) -> None:
    """Draw the nodes of a column, each with its number for a sample, else with its name."""
    largest = max(map(abs, column.values), default=0.0) or 1.0
    depths = [column.values[node] / largest if column.values else 0.0 for node in heights]
    dashes = ["-" if node < len(column.names) - column.states else ":" for node in heights]
    ax.scatter(
        [x] * len(heights), [*heights.values()], size**2, depths, cmap=signs(), vmin=-1 / FILL, vmax=1 / FILL,
        edgecolors=INK, linewidths=points(ax, 1.5), linestyles=dashes, zorder=3,
    )  # fmt: skip
    for node, y in heights.items():
        text = two_decimals(column.values[node]) if column.values else column.names[node]
        ax.text(x, y, text, ha="center", va="center", fontsize=0.29 * size, color=INK, zorder=4)
    if len(heights) < len(column.names):
        middle = (heights[MOST_NODES // 2 - 1] + heights[len(column.names) - MOST_NODES // 2 + 1]) / 2
        ax.text(x, middle, "⋮", ha="center", va="center", fontsize=0.6 * size, color=INK)


def _draw_feedback(ax: Axes, heights: list[Heights], low: float) -> None:
    """Draw the arrow of the state: from the hidden neurons back to the inputs of the next step."""
    start, end = min(heights[1].values()) - 0.5, min(heights[0].values()) - 0.5
    line: dict[str, Any] = {"color": INK, "linestyle": ":", "linewidth": points(ax, 2)}
    ax.plot([1, 1, 0], [start, low, low], **line)
    ax.annotate("", (0, end), (0, low), arrowprops={"arrowstyle": "-|>", **line})
    _write_at(ax, 0.5, low - 0.1, "state, one step later", NOTE, "top")


def _write_at(ax: Axes, x: float, y: float, text: str, size: float, va: str = "center") -> Text:
    return ax.text(x, y, text, ha="center", va=va, fontsize=points(ax, size), color=INK, zorder=2)
