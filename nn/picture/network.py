"""Read a network as columns of nodes with weights between them, for drawing it as a network graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, described

from ..checks import NetworkError, inputs_of, plural, row
from ..masks import nothing_dropped
from ..naming import textbook_name
from ..structure import Structure, chain, structure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Edges = list[list[Value | None]]


class Column(NamedTuple):
    """A column of nodes. The last `states` of them are outputs of the step before."""

    title: str
    names: list[str]
    values: list[float]  # of one sample; empty without a sample
    weights: Edges  # to each node from those of the column before: nodes × nodes before; None where there is none
    biases: list[Value | None]
    states: int = 0


@nothing_dropped
def columns(model: Any, x: Any = None) -> list[Column]:
    """Return the columns of a model, the inputs first, with the values of a row `x`; of a sequence, its last step.

    A function between two layers is part of the column before it. The parts of a neuron by itself also have the
    names of the parts of a nerve cell. Raises NetworkError for a model that is not a chain of layers.

    >>> from nn import MLP
    >>> network = columns(MLP(2, [3, 1], "tanh", rng=0), [1.0, -1.0])
    >>> [(column.title, len(column.names)) for column in network]
    [('2 inputs', 2), ('3 neurons\\ntanh', 3), ('1 output\\nlinear', 1)]
    """
    whole, layers = _chain_of(model)
    if x is None:
        numbers, width = [], _width(layers)
    elif whole.inputs is not None:
        numbers = whole.inputs(x)
        width = len(numbers)
    else:
        numbers = row(x)
        fixed = next((structure for _, structure in layers if structure.units), None)
        if layers[0][1].units and fixed and fixed.windows is None:
            numbers = inputs_of("this model", numbers, len(fixed.units[0].weights))
        width = len(numbers)
    inputs = width - whole.states
    names = [textbook_name("x", place) for place in range(inputs)]
    names += [textbook_name("h", place) for place in range(whole.states)]
    title = plural(inputs, "input") + (f"\n{plural(whole.states, 'last state')}" if whole.states else "")
    network = [Column(title, names, _data(numbers), [], [], whole.states)]
    last = max((number for number, (_, structure) in enumerate(layers) if structure.units), default=0)
    for number, (layer, structure) in enumerate(layers):
        if x is not None:
            numbers = row(layer(numbers))
        if structure.units:
            network.append(_column(structure, len(network[-1].names), number == last)._replace(values=_data(numbers)))
        else:
            network[-1] = _through(network[-1], structure.function, _data(numbers))
    if whole.is_cell:
        titles = f"{network[0].title}\n(dendrites)", f"sum, then {whole.activation}\n(cell body)"
        network = [column._replace(title=title) for column, title in zip(network, titles)]
    return network


def _chain_of(model: Any) -> tuple[Structure, list[tuple[Any, Structure]]]:
    """Return the Structure of a model, and each of its layers with its Structure."""
    layers, whole = chain(model), structure_of(model)
    if whole is None or not layers:
        raise NetworkError(
            f"a network graph shows layers, each of which feeds the next, and {described(model)} does not say that "
            "it is made so: see Structure in nn.Module. draw(model(row)) draws the graph of its operations."
        )
    pairs = [(layer, structure) for layer in layers if (structure := structure_of(layer))]
    if not any(structure.units for _, structure in pairs):
        raise NetworkError(f"a network graph shows weights, and {described(model)} has none.")
    return whole, pairs


def _width(layers: Sequence[tuple[Any, Structure]]) -> int:
    """Return how many inputs the first layer needs so that the last one has its outputs."""
    outputs = 0
    for _, structure in reversed(layers):
        if structure.units:
            outputs = structure.reads(outputs) if structure.reads else len(structure.units[0].weights)
    return outputs


def _column(structure: Structure, before: int, is_last: bool) -> Column:
    """Return the column of a layer; the column before it has `before` nodes."""
    units, weights = structure.units, Edges()
    if structure.windows is None:
        weights = [list(unit.weights) for unit in units]
        positions = 1
    else:
        windows = structure.windows(before)
        positions = len(windows)
        for unit in units:
            for window in windows:
                line: list[Value | None] = [None] * before
                for place, weight in zip(window, unit.weights):
                    line[place] = weight
                weights.append(line)
    count = len(units) * positions
    if not all(len(line) == before for line in weights):
        raise NetworkError(
            f"a layer of {plural(len(weights[0]), 'weight')} a neuron follows one of {plural(before, 'output')}: "
            "give the first as many inputs as the other has outputs."
        )
    title = plural(count, "output" if is_last else "neuron")
    if structure.windows is not None:
        title = f"{len(units)} × {plural(positions, 'position')}"
    names = [textbook_name("y" if is_last else "h", place) for place in range(count)]
    biases = [unit.bias for unit in units for _ in range(positions)]
    return Column(f"{title}\n{structure.activation}", names, [], weights, biases)


def _through(column: Column, function: str, values: list[float]) -> Column:
    """Return a column after a function: its name takes the place of "linear"."""
    title = column.title.removesuffix("\nlinear")
    if values and len(values) != len(column.names):
        raise NetworkError(
            f"a network graph shows functions of as many outputs as inputs, and {function} is not one."
        )
    return column._replace(title=f"{title}\n{function}", values=values)


def _data(values: Sequence[Value]) -> list[float]:
    return [value.data for value in values]
