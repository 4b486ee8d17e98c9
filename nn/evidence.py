"""Measure what happens inside a model as some rows pass through it and back: the evidence that `diagnose` judges by.

A unit is a weighted sum with the activation that it goes through. One that a layer names in its `structure()` is
found in the graph by its bias, any other one by the parameters that its activation's argument is made of.
"""

from __future__ import annotations

from math import fsum, hypot, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, gradients_kept, operations

from .data.batching import shuffled
from .decision import Probabilities
from .losses import cross_entropy
from .objective import flat
from .paths import layer_name, parameter_paths
from .structure import Unit, structure_of
from .summary import Part, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from engine import Op

    from .objective import Objective

FLAT = 0.05  # of the slope at 0: an activation with less lets little gradient through
FAR = 40.0  # an argument at which sigmoid and tanh have reached their limits
LEVEL = ("sigmoid", "tanh", "erf", "softplus", "silu", "gelu")  # smooth, and all but flat on one side at least
LINEAR = ("add", "sub", "neg", "mul", "div")


class UnitUse:
    """How often a unit's activation was used over all rows, was nearly flat, and had slope 0.

    - `part`: the number of the part of the model that it is in.
    - `output`: the label of what its own activation gives; empty if there is none, or no label.
    """

    def __init__(self, parameters: list[Value], part: int, output: str = "") -> None:
        self.parameters, self.part, self.output = parameters, part, output
        self.used = self.flat = self.closed = self.sure = 0
        self.op: Any = None
        self.steepest = self.low = self.high = nan  # of the operation: its slope at 0, and what it gives far out

    def use(self, place: int, h: Value, outputs: int) -> None:
        """Count one use of the argument at a place of an activation.

        A last layer, of so many `outputs`, may be sure of what is right: there it must be stuck.
        """
        op, z = h.op, h.args[place]
        if self.op is not op:
            self.op = op
            self.steepest = 1.0
            if op.arity == 1:
                self.steepest = abs(_tried(lambda: op.slopes[0](0.0, z=op.f(0.0))))
                self.low, self.high = _tried(lambda: op.f(-FAR)), _tried(lambda: op.f(FAR))
        slope = abs(op.slopes[place](*(arg.data for arg in h.args), z=h.data))
        better = h.grad * (h.data - (self.low if h.grad > 0 else self.high))  # what the loss could still lose
        stuck = not outputs or better * outputs > 0.25 > 5 * abs(z.grad) * outputs
        self.used += 1
        self.closed += slope == 0
        flat = slope < FLAT * self.steepest
        self.flat += flat and stuck
        self.sure += flat and not stuck  # of what is right


class Roles(NamedTuple):
    """What the operations of a model are, by their places: weighted sums of a part at a step, and uses of units.

    They hold for all rows that make the same operations.
    """

    kinds: list[Op]
    signals: list[tuple[int, int, int]]
    uses: list[tuple[int, int, UnitUse]]


class Evidence:
    """The mean loss of rows, its gradients, the use of each unit, and how strong the gradient was at each layer.

    `signals` has the size of the gradient by the weighted sums of each layer, in forward order; a layer that is used
    at each step is there once a step. The model is left as it was.
    """

    def __init__(self, objective: Objective, sample: int) -> None:
        self.parts: list[Part] = parts(objective.model)
        count = min(sample, objective.count)
        self.rows = shuffled(objective.count, seed=0)[:count]
        self.places = parameter_paths(objective.model)
        self.units: dict[frozenset[Value], UnitUse] = {}  # by the parameters of each
        self._by_last: dict[Value, tuple[UnitUse, bool]] = {}  # by the last number of each, and whether it is alone
        for number, part in enumerate(self.parts):
            for unit in _units(part.thing):
                self._know(unit, number)
        self._signals: dict[tuple[int, int], list[float]] = {}  # by part and step
        self._depths: dict[tuple[int, int], int] = {}  # how many operations that are not linear come before
        self._own: dict[str, int] = {}  # the parts that units of no neuron are in, by name
        self.used: set[Value] = set()  # the parameters that some row's graph has
        self.roles: Roles | None = None
        self.unjudged: dict[str, None] = {}  # operations of the model that no unit stands for
        self.outputs: list[list[float]] = []  # of the model, a row each
        parameters = objective.model.parameters()
        sums = [0.0] * len(parameters)
        squares = [0.0] * len(parameters)
        losses = []
        with gradients_kept(parameters):
            for i in self.rows:
                for parameter in parameters:
                    parameter.grad = 0.0
                losses.append(self._pass(objective, i))
                for place, parameter in enumerate(parameters):
                    sums[place] += parameter.grad
                    squares[place] += parameter.grad**2
        self.gradients = {parameter: total / count for parameter, total in zip(parameters, sums)}
        self.pulls = {parameter: sqrt(total / count) for parameter, total in zip(parameters, squares)}  # by one row
        self.loss = fsum(losses) / count
        covered = {parameter for number in {*self._judged()} for parameter in self.parts[number].parameters}
        self.others = [parameter for parameter in parameters if parameter not in covered]

    def _know(self, unit: Unit, part: int) -> None:
        """Take a unit that a layer names."""
        use = UnitUse(unit.parameters, part, unit.output)
        self.units[frozenset(unit.parameters)] = use
        self._by_last[unit.parameters[-1]] = use, len(unit.parameters) == 1

    def _judged(self) -> Iterable[int]:
        """The parts that units are in."""
        return (unit.part for unit in self.units.values())

    @property
    def layers(self) -> list[Part]:
        """The parts that units are in, and what is in none of them."""
        rest = [Part("the other parameters", None, self.others)] if self.others else []
        return [*(self.parts[number] for number in dict.fromkeys(self._judged())), *rest]

    @property
    def signals(self) -> list[tuple[str, float]]:
        """The name of each place, and the root mean square of the gradient there."""
        return [
            (self.parts[part].name + f" at step {step}" * ((part, 2) in self._signals), rms(gradients))
            for (part, step), gradients in self._signals.items()
        ]

    def beside_first(self) -> list[tuple[str, float]]:
        """The first of the signals, and those of the same depth, such as of the four gates of an LSTM."""
        deep = [self._depths.get(key, -1) for key in self._signals]
        return [signal for signal, depth in zip(self.signals, deep) if depth == deep[0]]

    def _pass(self, objective: Objective, i: int) -> float:
        """Pass one row forward and back."""
        prediction = objective.outputs_of(objective.row(i))
        loss = objective.loss(prediction, objective.targets[i])
        loss.backward()
        if isinstance(prediction, Probabilities) and objective.loss is cross_entropy:
            prediction = prediction.scores  # which the loss is computed with
        outputs = [output for output in flat(prediction) if isinstance(output, Value)]
        self.outputs.append([output.data for output in outputs])
        order = operations(*outputs)
        kinds = [node.op for node in order]
        if self._own or self.roles is None or self.roles.kinds != kinds:
            self.used.update(arg for node in operations(loss) for arg in node.args if arg.op is None)
            self.roles = self._find_roles(order, outputs)
        for place, part, step in self.roles.signals:
            self._signals.setdefault((part, step), []).append(order[place].grad)
        last = {id(output) for output in outputs}
        for place, which, unit in self.roles.uses:
            node = order[place]
            unit.use(which, node, len(outputs) if id(node) in last else 0)
        return float(loss.data)

    def _find_roles(self, order: list[Value], outputs: list[Value]) -> Roles:
        """What each operation of a model is, as its rows have it."""
        roles = Roles([node.op for node in order], [], [])
        at = {node: place for place, node in enumerate(order)}
        uses = _uses(order)
        sums: dict[Value, UnitUse] = {}
        steps: dict[UnitUse, dict[int, int]] = {}  # of each unit, the number of the step at each depth
        trainable: set[Value] = set()
        depths: dict[Value, int] = {}

        def signal(part: int, step: int, z: Value, depth: int) -> None:
            if z in at:
                roles.signals.append((at[z], part, step))
                self._depths.setdefault((part, step), depth)

        for number, node in enumerate(order):
            args = node.args
            linear = node.op.name in LINEAR
            depths[node] = max(depths.get(arg, 0) for arg in args) + (not linear)
            if any(arg in trainable or (arg.op is None and arg.requires_grad) for arg in args):
                trainable.add(node)
            if linear:
                if use := self._sum_of(node):
                    sums[node] = use
                    seen = steps.setdefault(use, {})  # at one depth, a layer reads several places of one step
                    signal(use.part, seen.setdefault(depths[node], len(seen) + 1), node, depths[node])
                    depths[node] += 1  # what is made of it stands behind it, though nothing bends it
                continue
            which = _place(node)
            if node not in trainable or which < 0:
                continue
            unit: UnitUse | None = None
            z = args[which]
            if z in sums and sums[z].output:
                if node.label == sums[z].output:
                    unit = sums[z]
            elif z in sums and uses[z] == 1:
                unit = sums[z]
            elif uses[z] == 1 and _is_activation(node.op):
                unit = self._own_unit(z)
                if unit and unit not in steps:
                    signal(unit.part, 1, z, depths.get(z, 0))
            if unit:
                roles.uses.append((number, which, unit))
            else:
                self.unjudged[node.op.name] = None
        if self._own:
            for output in outputs:
                if output.op and output.op.name in LINEAR and output not in sums:
                    signal(self._part("the output", []), 1, output, -1)
        return roles

    def _sum_of(self, node: Value) -> UnitUse | None:
        """Return the unit whose weighted sum a node completes, by its bias, or by its last weight times an input."""
        last = node.args[-1] if node.op.name == "add" else node
        if last.op is None:
            terms: tuple[Value, ...] = (last,)
        elif last.op.name == "mul":
            terms = last.args
        else:
            return None
        for term in terms:
            use, is_alone = self._by_last.get(term, (None, False))
            if use and is_alone == (last is node):
                return use
        return None

    def _own_unit(self, z: Value) -> UnitUse | None:
        """The unit that a weighted sum is, by its parameters; None if it has none of its own."""
        parameters = _nearest(z, self.places)
        if not parameters:
            return None
        key = frozenset(parameters)
        if key not in self.units:
            within = [part for part in self.parts if part.thing is not None and key <= {*part.parameters}]
            name = within[0].name if within else layer_name(parameters, self.places)
            number = self.parts.index(within[0]) if within else self._part(name, parameters)
            self.units[key] = UnitUse([each for each in self.places if each in key], number)
        unit = self.units[key]
        if self.parts[unit.part].thing is None:
            mine = self.parts[unit.part].parameters
            mine += [each for each in parameters if each not in mine]
        return unit

    def _part(self, name: str, parameters: list[Value]) -> int:
        """The number of a part that a model spells out itself."""
        if name not in self._own:
            self._own[name] = len(self.parts)
            self.parts.append(Part(name, None, list(parameters)))
        return self._own[name]


def _uses(order: Sequence[Value]) -> dict[Value, int]:
    """How many operations each node is an argument of."""
    uses: dict[Value, int] = {}
    for node in order:
        for arg in dict.fromkeys(node.args):
            uses[arg] = uses.get(arg, 0) + 1
    return uses


def _place(node: Value) -> int:
    """Which argument of an operation varies, if it is the only one; else -1."""
    if node.op.arity == 1:
        return 0
    varying = [place for place, arg in enumerate(node.args) if arg.op is not None or arg.requires_grad]
    return varying[0] if len(varying) == 1 else -1


def _is_activation(op: Op) -> bool:
    """Whether an operation can stop a gradient, as an activation does."""
    return bool(op.kinks) or op.name in LEVEL


def _nearest(z: Value, known: dict[Value, Any]) -> list[Value]:
    """The parameters that a sum is made of, up to the next operation that is not linear."""
    parameters: dict[Value, None] = {}
    seen: set[Value] = set()
    waiting = [z]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op is None:
            if node in known and node.requires_grad:
                parameters[node] = None
        elif node.op.name in LINEAR:
            waiting += node.args
    return list(parameters)


def rms(numbers: Any) -> float:
    """The root mean square: how large numbers are, whatever their sign.

    >>> rms([3.0, -4.0, 5.0, 0.0])
    3.5355339059327378
    """
    return hypot(*numbers) / sqrt(len(numbers))


def _units(thing: Any) -> Sequence[Unit]:
    """Return the units of a part of a model, as far as it names them."""
    structure = structure_of(thing)
    return structure.units if structure else ()


def _tried(number: Callable[[], Any]) -> float:
    """A number, or NaN if there is none, to which nothing compares."""
    try:
        return float(number())
    except (ArithmeticError, ValueError):
        return nan
