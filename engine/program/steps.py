"""The graph as plain lists: what straight-line code is written from. It needs no NumPy.

A node is a number, as in a tape: parameters come first, then inputs, operations with arguments before results, and
last the other leaves, which are constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from ..value import Value, constant
from .numbered import numbered

if TYPE_CHECKING:
    from ..ops import Op
    from .tape import Tape

NumberedOperation = tuple["Op", tuple[int, ...]]  # an operation and the numbers of its arguments


class Steps:
    """A graph as lists.

    - `parameters`, `inputs`: how many there are of each.
    - `operations`: each operation with its arguments.
    - `constants`: the numbers of the other leaves.
    - `outputs`: the nodes to compute.
    - `labels`: the labels of nodes, by their number; only those that were given.
    """

    parameters: int
    inputs: int
    operations: list[NumberedOperation]
    labels: dict[int, str]
    constants: list[float]
    outputs: list[int]

    def __init__(
        self,
        parameters: int,
        inputs: int,
        steps: list[NumberedOperation],
        constants: list[float],
        outputs: list[int],
        labels: dict[int, str] | None = None,
    ) -> None:
        self.parameters, self.inputs, self.operations, self.labels = parameters, inputs, steps, labels or {}
        self.constants, self.outputs = constants, outputs
        self.first_op: int = parameters + inputs
        self.first_constant: int = self.first_op + len(steps)

    @classmethod
    def recorded(cls, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> Steps:
        """Return the steps of a recorded graph."""
        order, numbers = numbered(outputs, inputs, parameters)
        first = len(numbers)
        steps = [(node._op_row, tuple([numbers[arg] for arg in node.args])) for node in order]
        ends = [numbers[output] for output in outputs]
        constants = [leaf._data for leaf in [*numbers][first:]]
        labels = {number: node._label for node, number in numbers.items() if node._label}
        return cls(len(parameters), len(inputs), steps, constants, ends, labels)

    @classmethod
    def of(cls, tape: Tape, labels: dict[int, str] | None = None) -> Steps:
        """Return the steps of a tape. `labels` are those of its nodes, by their number, where they are needed."""
        which = slice(tape.first_op, tape.first_constant)
        columns = [column[which].tolist() for column in tape.args]
        ops = [tape.ops[number] for number in tape.code[which].tolist()]
        steps = [(op, args[: op.arity]) for op, args in zip(ops, zip(*columns))]
        return cls(
            tape.first_input,
            tape.first_op - tape.first_input,
            steps,
            tape.values[tape.first_constant :].tolist(),
            tape.outputs.tolist(),
            labels,
        )

    def followed(self, parameters: Sequence[float], inputs: Sequence[float]) -> list[Value]:
        """Return all nodes as Values, recorded anew with these numbers: parameters, inputs, operations, constants."""
        made: list[Any] = [*map(Value, parameters), *map(constant, inputs), *[None] * len(self.operations)]
        made += map(constant, self.constants)
        for number, label in self.labels.items():
            if made[number] is not None:
                made[number].label = label
        for number, (op, args) in enumerate(self.operations, self.first_op):
            made[number] = op.method(*[made[arg] for arg in args])
            made[number].label = self.labels.get(number, "")
        return made

    @cached_property
    def batched(self) -> bool:
        """Whether an output depends on an input, so that it differs from row to row."""
        flags = [False] * self.parameters + [True] * self.inputs
        put = flags.append
        for _, args in self.operations:
            put(True in [flags[arg] for arg in args if arg < self.first_constant])
        return any(flags[output] for output in self.outputs if output < self.first_constant)


class Node(NamedTuple):
    """An operation on nodes of a `Numbered` graph."""

    op: Op
    args: tuple[int, ...]


class Numbered:
    """The steps that are needed, each of them once: equal operations on equal nodes are one node.

    What depends on constants alone is computed here, once and for all.

    - `nodes`: the operations by number, after the leaves: None for those.
    - `literals`: the number of each constant, by its node.
    - `outputs`: the nodes to compute.
    - `requires_grad`: for each node, whether it depends on a parameter by a way that passes a gradient.
    - `varies`: for each node, whether it differs from row to row.
    - `needed`: for each node, whether an output depends on it.
    """

    parameters: int
    inputs: int

    def __init__(self, steps: Steps) -> None:
        self.parameters, self.inputs = steps.parameters, steps.inputs
        leaves = steps.first_op
        self.nodes: list[Node | None] = [None] * leaves
        self.requires_grad: list[bool] = [True] * steps.parameters + [False] * steps.inputs
        self.varies: list[bool] = [False] * steps.parameters + [True] * steps.inputs
        self.literals: dict[int, float] = {}
        self._constants: dict[str, int] = {}  # by their text, which tells 0.0 from -0.0
        number: list[int] = [*range(leaves), *[-1] * len(steps.operations)]
        number += [self._constant(each) for each in steps.constants]
        known = self._known = dict[tuple["Op", tuple[int, ...]], int]()
        for place, (op, args) in enumerate(steps.operations, leaves):
            of = tuple([number[arg] for arg in args])
            key = op, of
            found = known.get(key)
            if found is None:
                found = known[key] = self._folded(op, of) if of[0] in self.literals else self._new(op, of)
            number[place] = found
        self.outputs: list[int] = [number[output] for output in steps.outputs]
        self.needed: list[bool] = self._needed()

    def find(self, op: Op, args: tuple[int, ...]) -> int | None:
        """Return the node that this operation on these nodes is, if there is one that is needed."""
        found = self._known.get((op, args))
        return found if found is not None and self.needed[found] else None

    def _new(self, op: Op, args: tuple[int, ...]) -> int:
        self.nodes.append(Node(op, args))
        requires_grad, varies = self.requires_grad, self.varies
        if len(args) == 1:
            requires_grad.append(requires_grad[args[0]] and op.passes[0])
            varies.append(varies[args[0]])
        else:
            requires_grad.append(True in [requires_grad[arg] and passes for arg, passes in zip(args, op.passes)])
            varies.append(True in [varies[arg] for arg in args])
        return len(self.nodes) - 1

    def _constant(self, number: float) -> int:
        text = repr(number)
        if text not in self._constants:
            self._constants[text] = len(self.nodes)
            self.literals[len(self.nodes)] = number
            self.nodes.append(None)
            self.requires_grad.append(False)
            self.varies.append(False)
        return self._constants[text]

    def _folded(self, op: Op, args: tuple[int, ...]) -> int:
        """Return the result of an operation on constants as a constant; where it has none, it stays an operation."""
        if all(arg in self.literals for arg in args):
            try:
                result = float(op.f(*[self.literals[arg] for arg in args]))
            except Exception:  # whatever a user's function raises, it is raised where the code runs
                return self._new(op, args)
            if isfinite(result):
                return self._constant(result)
        return self._new(op, args)

    def _needed(self) -> list[bool]:
        needed = [False] * len(self.nodes)
        for output in self.outputs:
            needed[output] = True
        for number in range(len(needed) - 1, -1, -1):
            node = self.nodes[number]
            if node and needed[number]:
                for arg in node.args:
                    needed[arg] = True
        return needed

    def chosen(self) -> list[bool]:
        """Return for each node whether a row that selects may leave it out, so that no gradient goes to it."""
        flags = [False] * len(self.nodes)
        for number in range(len(flags) - 1, -1, -1):
            node = self.nodes[number]
            if node and self.needed[number] and (flags[number] or node.op.selects):
                for arg in node.args:
                    flags[arg] = True
        return flags

    def operations(self) -> list[tuple[int, Op, tuple[int, ...]]]:
        """Return the operations that are needed, arguments before results: number, operation and arguments."""
        needed = self.needed
        return [(number, *node) for number, node in enumerate(self.nodes) if node and needed[number]]
