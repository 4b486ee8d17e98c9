"""Draw the network graph of a recording, whose numbers change: nodes and lines as SVG, or the places of matrices.

The place of a weight is its place among all leaves of the model, in the order of the recorded numbers.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value

from ..checks import NetworkError
from ..picture.network import columns
from ..structure import structure_of
from ..summary import parts as parts_of
from .svg import TEXT, svg, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..picture.network import Column

MOST_LINES, TALLEST = 400, 20  # the most weights, and nodes above each other, that are drawn as lines
STEP, ROW, RADIUS = 112, 24, 10  # between columns, between nodes, and of a node
EDGE, TOP = 46, 48  # the margin beside the columns, and the one above them


class WeightPlaces(NamedTuple):
    """A part's weights by their places: a row for each input, a column for each neuron, the biases last."""

    name: str
    rows: list[list[int]]


def network_svg(model: Any, leaves: Sequence[Value]) -> str:
    """Return the network graph as SVG; empty if it is too large for that, or the model is not a chain of layers."""
    try:
        parts = columns(model)
    except NetworkError:
        return ""
    weights = sum(weight is not None for column in parts for row in column.weights for weight in row)
    tallest = max(len(column.names) for column in parts)
    if weights > MOST_LINES or tallest > TALLEST:
        return ""
    place = {leaf: number for number, leaf in enumerate(leaves)}
    width, height = 2 * EDGE + STEP * (len(parts) - 1), TOP + ROW * max(tallest, 4) + 6
    spots = [[(EDGE + STEP * number, y) for y in _spread(column, height)] for number, column in enumerate(parts)]
    lines, nodes = [], []
    for number, column in enumerate(parts):
        for y, line in zip((16, 34), column.title.split("\n")):
            lines.append(text(EDGE + STEP * number, y, line))
    for spot, name in zip(spots[0], parts[0].names):
        nodes.append(_node(spot, name))
    for number, column in enumerate(parts[1:], 1):
        for row, bias, spot, name in zip(column.weights, column.biases, spots[number], column.names):
            for weight, start in zip(row, spots[number - 1]):
                if weight is not None:
                    lines.append(
                        f'<line data-place="{place[weight]}" x1="{start[0] + RADIUS}" y1="{start[1]:g}" '
                        f'x2="{spot[0] - RADIUS}" y2="{spot[1]:g}"/>'
                    )
            own = " ".join(str(place[leaf]) for leaf in (bias, *row) if leaf is not None)
            focus = f' tabindex="0" role="img" aria-label="Neuron {name}" data-places="{own}"'
            nodes.append(_node(spot, name, focus, "" if bias is None else f' data-place="{place[bias]}"'))
    return svg(width, height, 'class="neurons" role="group" aria-label="The network"', [*lines, *nodes])


def weight_places(model: Any, leaves: Sequence[Value]) -> list[WeightPlaces]:
    """Return the matrix of each layer of a model; parameters that are in no layer are one row, in their order."""
    place = {leaf: number for number, leaf in enumerate(leaves)}
    matrices, loose = [], list[int]()
    for name, thing, _ in parts_of(model):
        if isinstance(thing, Value):
            loose.append(place[thing])
            continue
        structure = structure_of(thing)
        weights = [[place[leaf] for leaf in unit.parameters] for unit in structure.units] if structure else []
        if weights:
            matrices.append(WeightPlaces(name, [list(row) for row in zip(*weights)]))
    if loose:
        matrices.append(WeightPlaces("other parameters", [loose]))
    return matrices


def _spread(column: Column, height: float) -> list[float]:
    """Return how far down each node of a column is. The nodes of a column of few are farther apart."""
    count = len(column.names)
    step = min(2 * ROW, (height - TOP) / count)
    return [round(TOP + (height - TOP - step * count) / 2 + step * (place + 0.5), 1) for place in range(count)]


def _node(spot: tuple[float, float], name: str, focus: str = "", bias: str = "") -> str:
    """Return a node with its name; `bias` is the attribute that gives its ring the number of a bias."""
    letters = f'<text text-anchor="middle" y="3.5" font-size="10">{escape(name)}</text>'
    disc = f'<circle r="{RADIUS}" fill="var(--paper, white)" stroke="{TEXT}" stroke-width="0.5"/>'
    ring = f'<circle r="{RADIUS}" fill="none"{bias}/>' if bias else ""
    return f'<g class="node" transform="translate({spot[0]:g} {spot[1]:g})"{focus}>{disc}{ring}{letters}</g>'
