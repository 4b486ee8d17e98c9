"""Read a network as columns of nodes with weights between them: what a network graph shows, before it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, described

from ..checks import NetworkError, inputs_of, plural
from ..layers import MLP, Layer, Neuron
from ..recurrent import Recurrent
from .values import parameters

if TYPE_CHECKING:
    from collections.abc import Sequence


class Column(NamedTuple):
    """Nodes above each other. The last `states` of them are outputs that came back from a step before."""

    title: str
    names: list[str]
    values: list[float]  # of one sample; none without a sample
    weights: list[list[float]]  # to each node from those of the column before: nodes × nodes before
    biases: list[float]
    states: int = 0


def columns(model: Any, x: Any = None) -> list[Column]:
    """Return the columns of a model, the inputs first, with the values of a row `x`; of a sequence, its last step.

    The parts of a neuron by itself also have the names of the parts of a nerve cell.

    >>> network = columns(MLP(2, [3, 1], "tanh", rng=0), [1.0, -1.0])
    >>> [(column.title, len(column.names)) for column in network]
    [('2 inputs', 2), ('3 neurons\\ntanh', 3), ('1 output\\nlinear', 1)]
    """
    layers = _layers(model)
    width = len(layers[0][0].w)
    states = width - model.inputs if isinstance(model, Recurrent) else 0
    row = _first_inputs(model, x, width) if x is not None else []
    names = [f"x{number + 1}" for number in range(width - states)] + [f"h{number + 1}" for number in range(states)]
    title = plural(width - states, "input")
    if states:
        title += f"\n{plural(states, 'last state')}"
    network = [Column(title, names, _numbers(row), [], [], states)]
    for number, neurons in enumerate(layers, 1):
        row = [neuron._forward(row) for neuron in neurons] if row else []
        last = number == len(layers)
        title = f"{plural(len(neurons), 'output' if last else 'neuron')}\n{neurons[0].activation}"
        names = [f"{'y' if last else 'h'}{place}" for place in range(1, len(neurons) + 1)]
        weights = [parameters(neuron.w) for neuron in neurons]
        network.append(Column(title, names, _numbers(row), weights, parameters(neuron.b for neuron in neurons)))
    if isinstance(model, Neuron):
        titles = f"{network[0].title}\n(dendrites)", f"sum, then {model.activation}\n(cell body)"
        network = [column._replace(title=title) for column, title in zip(network, titles)]
    return network


def _layers(model: Any) -> list[list[Neuron]]:
    """Return the neurons of each layer of a model."""
    if isinstance(model, Neuron):
        return [[model]]
    if isinstance(model, Layer):
        return [model.neurons]
    if isinstance(model, (MLP, Recurrent)):
        return [layer.neurons for layer in model.layers]
    raise NetworkError(
        f"a network graph is drawn of an MLP, a Recurrent, a Layer or a Neuron, not of {described(model)}."
    )


def _first_inputs(model: Any, x: Any, width: int) -> list[Value]:
    """Return the inputs of the first neurons."""
    if not isinstance(model, Recurrent):
        return inputs_of("this model", x, width)
    steps = list(x) if hasattr(x, "__iter__") else x
    _, states = model.unroll(steps)
    before = states[-2] if len(states) > 1 else [Value(0.0)] * len(states[0])
    return [*inputs_of("the last step", steps[-1], model.inputs), *before]


def _numbers(values: Sequence[Value]) -> list[float]:
    return [value.data for value in values]
