"""What happens inside a model as some rows pass through it and back: what `diagnose` judges by.

A neuron is found in the graph by its bias: `z` is what the bias was added to, and `h` what the activation made of it.
"""

from __future__ import annotations

from math import fsum, hypot, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import gradients_kept, operations

from .data.batching import shuffled
from .problem import flat
from .summary import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Value

    from .problem import Problem
    from .summary import Part

FLAT = 0.05  # of the slope at 0: an activation with less lets little gradient through
FAR = 40.0  # an argument at which sigmoid and tanh have reached their limits


class Unit:
    """A neuron over all rows: how often its activation was used, was nearly flat, and had slope 0."""

    def __init__(self, neuron: Any, part: int) -> None:
        self.neuron, self.part = neuron, part
        self.used = self.flat = self.closed = 0
        self.op: Any = None
        self.steepest = self.low = self.high = nan  # of the operation: its slope at 0, and what it gives far out

    def use(self, z: Value, h: Value, outputs: int) -> None:
        """Count one use. A last layer, of so many `outputs`, may be sure of what is right: there it must be stuck."""
        op = h.op
        if self.op is not op:
            self.op, self.steepest = op, abs(_tried(lambda: op.slopes[0](0.0, z=op.f(0.0))))
            self.low, self.high = _tried(lambda: op.f(-FAR)), _tried(lambda: op.f(FAR))
        slope = abs(op.slopes[0](z.data, z=h.data))
        better = h.grad * (h.data - (self.low if h.grad > 0 else self.high))  # what the loss could still lose
        stuck = not outputs or better * outputs > 0.25 > 5 * abs(z.grad) * outputs
        self.used += 1
        self.closed += slope == 0
        self.flat += slope < FLAT * self.steepest and stuck


class Gate(NamedTuple):
    """An operation with a kink, such as ReLU, that is in no neuron of nn's, over all rows."""

    op: str
    label: str
    closed: bool  # of slope 0 in every row


class Probe:
    """The mean loss of rows, its gradients, the use of each neuron, and how strong the gradient was at each layer.

    `signals` has the size of the gradient by the weighted sums of each layer, in forward order; a layer that is used
    at each step is there once a step. The model is left as it was.
    """

    def __init__(self, problem: Problem, sample: int) -> None:
        self.parts: list[Part] = parts(problem.model)
        count = min(sample, problem.count)
        self.rows = shuffled(problem.count, seed=0)[:count]
        neurons = [(number, neuron) for number, part in enumerate(self.parts) for neuron in _neurons(part.thing)]
        self.units = {neuron.b: Unit(neuron, number) for number, neuron in neurons}
        self._signals: dict[tuple[int, int], list[float]] = {}  # by part and step
        self.gates: list[Gate] = []  # rectifiers that are in no neuron of nn's, in the order of the graph
        self.one_graph = True  # whether every row so far made the same graph, so that gates can be compared
        parameters = problem.model.parameters()
        with gradients_kept(parameters):
            for parameter in parameters:
                parameter.grad = 0.0
            losses = [self._pass(problem, i) for i in self.rows]
            self.gradients = {parameter: parameter.grad / count for parameter in parameters}
        self.loss = fsum(losses) / count

    @property
    def signals(self) -> list[tuple[str, float]]:
        """The name of each place, and the root mean square of the gradient there."""
        return [
            (self.parts[part].name + f" at step {step}" * ((part, 2) in self._signals), rms(gradients))
            for (part, step), gradients in self._signals.items()
        ]

    def _pass(self, problem: Problem, i: int) -> float:
        """One row forward and back."""
        prediction = problem.model(problem.row(i))
        loss = problem.loss(prediction, problem.targets[i])
        loss.backward()
        outputs = list(prediction) if isinstance(prediction, (list, tuple)) else [prediction]
        prediction_nodes = set(operations(*flat(prediction)))
        gates: list[Gate] = []
        sums: dict[Value, Unit] = {}
        steps: dict[Unit, int] = {}
        for node in operations(loss):
            x, bias = node.args[0], node.args[-1]
            if node.op.name == "add" and bias in self.units:
                unit = sums[node] = self.units[bias]
                steps[unit] = steps.get(unit, 0) + 1
                self._signals.setdefault((unit.part, steps[unit]), []).append(node.grad)
            elif x in sums and node.label == sums[x].neuron._labels[1]:
                sums[x].use(x, node, len(outputs) if node in outputs else 0)
            elif node.op.arity == 1 and node.op.kinks and node in prediction_nodes:
                gates.append(Gate(node.op.name, node.label, node.op.slopes[0](x.data, z=node.data) == 0))
        self._compare(gates)
        return float(loss.data)

    def _compare(self, gates: list[Gate]) -> None:
        """Keep of each gate whether it was closed in every row."""
        if not self.gates:
            self.gates = gates
        elif [gate[:2] for gate in gates] != [gate[:2] for gate in self.gates]:
            self.one_graph = False
        else:
            self.gates = [gate._replace(closed=gate.closed and new.closed) for gate, new in zip(self.gates, gates)]


def rms(numbers: Any) -> float:
    """The root mean square: how large numbers are, whatever their sign.

    >>> rms([3.0, -4.0, 5.0, 0.0])
    3.5355339059327378
    """
    return hypot(*numbers) / sqrt(len(numbers))


def _neurons(thing: Any) -> list[Any]:
    """The neurons of a part of a model."""
    return getattr(thing, "neurons", [thing] if hasattr(thing, "b") else [])


def _tried(number: Callable[[], Any]) -> float:
    """A number, or NaN if there is none, to which nothing compares."""
    try:
        return float(number())
    except (ArithmeticError, ValueError):
        return nan
