"""Measure what happens inside a model as some rows pass forward and backward: the evidence for `diagnose`.

A unit is a weighted sum and its activation. Units that a layer lists in its `structure()` are found in the graph by
their bias. Other units are found by the parameters that the argument of an activation is computed from.
"""

from __future__ import annotations

from math import fsum, hypot, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, gradients_kept, operations

from .data.batching import shuffled
from .decision import scores_under
from .losses import cross_entropy
from .objective import flat
from .paths import layer_name, parameter_paths
from .structure import Unit, structure_of
from .summary import Part, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from engine import Op

    from .objective import Objective
    from .paths import ParameterPath

FLAT = 0.05  # part of the slope at 0: an activation whose slope is smaller lets little gradient through
FAR = 40.0  # sigmoid and tanh have reached their limits at this argument
LEVEL = ("sigmoid", "tanh", "erf", "softplus", "silu", "gelu")  # smooth, and nearly flat on one side or both
LINEAR = ("add", "sub", "neg", "mul", "div")


class UnitUse:
    """The counts of a unit over all rows: how often its activation was used, was nearly flat, and had slope 0.

    - `part`: the number of the part of the model that holds the unit.
    - `output`: the label of its activation's result; empty if it has no activation or no label.
    """

    parameters: list[Value]
    part: int
    output: str
    low: float
    high: float

    def __init__(self, parameters: list[Value], part: int, output: str = "") -> None:
        self.parameters, self.part, self.output = parameters, part, output
        self.used: int = 0
        self.flat: int = 0
        self.closed: int = 0
        self.sure: int = 0
        self.op: Any = None
        self.steepest: float = nan
        self.low = self.high = nan  # the activation's slope at 0, and its values at -FAR and FAR

    def use(self, place: int, h: Value, outputs: int) -> None:
        """Count one use of the unit's activation.

        - `place`: the place of the weighted sum among the activation's arguments.
        - `h`: the activation's result.
        - `outputs`: the number of outputs of the model if this is its last layer, else 0. A flat output counts there
          only if it is far from the target: an output that is sure and right may be flat.
        """
        op, z = h.op, h.args[place]
        if self.op is not op:
            self.op = op
            self.steepest = 1.0
            if op.arity == 1:
                self.steepest = abs(_number_or_nan(lambda: op.slopes[0](0.0, z=op.f(0.0))))
                self.low, self.high = _number_or_nan(lambda: op.f(-FAR)), _number_or_nan(lambda: op.f(FAR))
        slope = abs(op.slopes[place](*(arg.data for arg in h.args), z=h.data))
        better = h.grad * (h.data - (self.low if h.grad > 0 else self.high))  # how much the loss may still fall
        stuck = not outputs or better * outputs > 0.25 > 5 * abs(z.grad) * outputs
        self.used += 1
        self.closed += slope == 0
        flat = slope < FLAT * self.steepest
        self.flat += flat and stuck
        self.sure += flat and not stuck  # flat because the output is right


class Roles(NamedTuple):
    """The roles of a model's operations, by their places in the graph of a row.

    - `kinds`: all operations. The roles hold for every row with the same operations.
    - `signals`: weighted sums, each as (place, part, step).
    - `uses`: activations, each as (place, which argument, unit).
    """

    kinds: list[Op]
    signals: list[tuple[int, int, int]]
    uses: list[tuple[int, int, UnitUse]]


class Evidence:
    """The mean loss of some rows, its gradients, the use of each unit, and the size of the gradient at each layer.

    `signals` has the size of the gradient by the weighted sums of each layer, in forward order. A layer of a
    recurrent network has an entry for each step. The model is not changed.
    """

    def __init__(self, objective: Objective, sample: int) -> None:
        self.parts: list[Part] = parts(objective.model)
        count = min(sample, objective.count)
        self.rows: list[int] = shuffled(objective.count, seed=0)[:count]
        self.places: dict[Value, ParameterPath] = parameter_paths(objective.model)
        self.units: dict[frozenset[Value], UnitUse] = {}  # each by its parameters
        # Each unit by its last parameter, and whether that is its only one.
        self._by_last: dict[Value, tuple[UnitUse, bool]] = {}
        for number, part in enumerate(self.parts):
            for unit in _units(part.thing):
                self._register(unit, number)
        self._signals: dict[tuple[int, int], list[float]] = {}  # by part and step
        self._depths: dict[tuple[int, int], int] = {}  # by part and step: how many nonlinear operations come before
        self._own: dict[str, int] = {}  # parts that no layer lists, by name
        self.used: set[Value] = set()  # the parameters in the graph of at least one row
        self.roles: Roles | None = None
        self.unjudged: dict[str, None] = {}  # names of activations that belong to no unit
        self.outputs: list[list[float]] = []  # the model's outputs, a list for each row
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
        self.gradients: dict[Any, float] = {parameter: total / count for parameter, total in zip(parameters, sums)}
        # The root mean square, over the rows, of each parameter's gradient.
        self.pulls: dict[Any, float] = {
            parameter: sqrt(total / count) for parameter, total in zip(parameters, squares)
        }
        self.loss: float = fsum(losses) / count
        covered = {parameter for number in {*self._parts_of_units()} for parameter in self.parts[number].parameters}
        self.others: list[Any] = [parameter for parameter in parameters if parameter not in covered]

    def _register(self, unit: Unit, part: int) -> None:
        """Register a unit that a layer lists."""
        use = UnitUse(unit.parameters, part, unit.output)
        self.units[frozenset(unit.parameters)] = use
        self._by_last[unit.parameters[-1]] = use, len(unit.parameters) == 1

    def _parts_of_units(self) -> Iterable[int]:
        """Return the numbers of the parts that hold units."""
        return (unit.part for unit in self.units.values())

    @property
    def layers(self) -> list[Part]:
        """The parts that hold units, and a part for all other parameters."""
        rest = [Part("the other parameters", None, self.others)] if self.others else []
        return [*(self.parts[number] for number in dict.fromkeys(self._parts_of_units())), *rest]

    @property
    def signals(self) -> list[tuple[str, float]]:
        """The name of each layer, with the step if there are several, and the root mean square of its gradient."""
        return [
            (self.parts[part].name + f" at step {step}" * ((part, 2) in self._signals), rms(gradients))
            for (part, step), gradients in self._signals.items()
        ]

    def beside_first(self) -> list[tuple[str, float]]:
        """Return the first signal and those at the same depth, such as those of the four gates of an LSTM."""
        deep = [self._depths.get(key, -1) for key in self._signals]
        return [signal for signal, depth in zip(self.signals, deep) if depth == deep[0]]

    def _pass(self, objective: Objective, i: int) -> float:
        """Pass one row forward and back."""
        prediction = objective.outputs_of(objective.row(i))
        loss = objective.loss(prediction, objective.targets[i])
        loss.backward()
        if objective.loss is cross_entropy:
            prediction = scores_under(prediction) or prediction  # the loss is computed from these
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
        """Return the roles of the operations in the graph of a row."""
        roles = Roles([node.op for node in order], [], [])
        at = {node: place for place, node in enumerate(order)}
        uses = _uses(order)
        sums: dict[Value, UnitUse] = {}
        steps: dict[UnitUse, dict[int, int]] = {}  # for each unit, the number of the step at each depth
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
        """Return the unit whose weighted sum ends at a node, with its bias or with its last weight times an input."""
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
        """Return the unit of a weighted sum that no layer lists, found by its parameters; None without parameters."""
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
        """Return the number of a part that no layer lists; add the part if it is new."""
        if name not in self._own:
            self._own[name] = len(self.parts)
            self.parts.append(Part(name, None, list(parameters)))
        return self._own[name]


def _uses(order: Sequence[Value]) -> dict[Value, int]:
    """Return, for each node, of how many operations it is an argument."""
    uses: dict[Value, int] = {}
    for node in order:
        for arg in dict.fromkeys(node.args):
            uses[arg] = uses.get(arg, 0) + 1
    return uses


def _place(node: Value) -> int:
    """Return the place of the only argument that is not a constant; -1 if there are several or none."""
    if node.op.arity == 1:
        return 0
    varying = [place for place, arg in enumerate(node.args) if arg.op is not None or arg.requires_grad]
    return varying[0] if len(varying) == 1 else -1


def _is_activation(op: Op) -> bool:
    """Tell whether an operation can stop a gradient, as an activation does."""
    return bool(op.kinks) or op.name in LEVEL


def _nearest(z: Value, known: dict[Value, Any]) -> list[Value]:
    """Return the parameters below a sum that are reached through linear operations alone."""
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
    """Return the root mean square of numbers: their typical size, whatever their signs.

    >>> rms([3.0, -4.0, 5.0, 0.0])
    3.5355339059327378
    """
    return hypot(*numbers) / sqrt(len(numbers))


def _units(thing: Any) -> Sequence[Unit]:
    """Return the units that a part of a model lists."""
    structure = structure_of(thing)
    return structure.units if structure else ()


def _number_or_nan(number: Callable[[], Any]) -> float:
    """Return the number that a function gives, or NaN if it has none: comparisons with NaN are False."""
    try:
        return float(number())
    except (ArithmeticError, ValueError):
        return nan
