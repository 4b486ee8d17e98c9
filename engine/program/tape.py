"""The graph as columns of integers, so that every pass after this one is a few array operations.

A node is a number: parameters come first, then inputs, operations with arguments before results, and last the other
leaves, which are constants to the program, and a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..graph import Numbering, Rest
from ..naming import Label
from ..value import Value
from .numbered import numbered

Ints = Any  # a NumPy array of integers


class Tape:
    """A graph as columns.

    - `args`: the arguments of each node: a row for the first ones, one for the second ones, and so on; -1 for none.
    - `x`, `y`: the first two rows.
    - `code`: its operation, as a number in `ops`; -1 for a leaf.
    - `values`: its number, if it is a constant; else 0.
    - `outputs`: the nodes that the program returns.
    - `labels`: the labels of the parameters; `node_labels`: those of all nodes but the zero.
    - `first_input`, `first_op`, `first_constant`: where the inputs, the operations and the constants start.
    - `size`: how many nodes there are, the zero at the end included.
    """

    first_input: int
    first_op: int
    first_constant: int
    args: Any
    code: Any
    x: Any
    y: Any

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        order, numbers = numbered(outputs, inputs, parameters)
        self.first_input, self.first_op = len(parameters), len(parameters) + len(inputs)
        self.first_constant = first = len(numbers)
        numbers[None] = -1  # the second argument of an operation that has one
        ops = Numbering()
        code = [ops[node._op_row] for node in order]
        arguments = [[numbers[node._x] for node in order]]
        if any(op.arity > 2 for op in ops):
            arguments += _further_arguments(numbers, order)
        else:
            arguments.append([numbers[node._y] for node in order])
        self.outputs: Any = np.array([numbers[output] for output in outputs])
        self.ops: list[Any] = list(ops)

        every = list(numbers)
        del every[first]  # None, and behind it the constants, numbered since
        constants = [leaf._data for leaf in every[first:]]
        self.node_labels: list[str] = [node._label for node in every]
        self.size: int = first + len(constants) + 1
        self.values: Any = np.zeros(self.size)
        self.values[first:-1] = constants
        *self.args, self.code = columns = np.full((len(arguments) + 1, self.size), -1)
        for column, row in zip(columns, [*arguments, code]):
            column[self.first_op : first] = np.fromiter(row, int, len(row))
        self.x, self.y = self.args[:2]
        self.labels: list[str] = self.node_labels[: len(parameters)]

    @property
    def key(self) -> tuple[object, ...]:
        """What graphs of one structure have in common, and no others."""
        which = slice(self.first_op, self.first_constant)  # a leaf has no arguments, and only a constant a number
        columns = [column[which].tobytes() for column in (*self.args, self.code)]
        columns += [self.outputs.tobytes(), self.values[self.first_constant :].tobytes()]
        return (*columns, self.first_input, self.first_op, tuple(self.labels), self.root_label, tuple(self.ops))

    @property
    def root_label(self) -> str:
        """The label that a user gave the root, such as L; "" if there is none, or are several roots."""
        label = self.node_labels[self.outputs[0]] if len(self.outputs) == 1 else ""
        return "" if isinstance(label, Label) else label

    @cached_property
    def batched(self) -> Ints:
        """For each node, whether it differs from row to row: whether it depends on an input."""
        flags, inputs = bytearray(self.size), self.first_op - self.first_input
        if inputs:
            flags[self.first_input : self.first_op] = b"\1" * inputs
            first, second, *others = (column[self.first_op : self.first_constant].tolist() for column in self.args)
            for node, x, y in zip(range(self.first_op, self.first_constant), first, second):
                flags[node] = flags[x] | flags[y]  # no argument is number -1: the zero, which is not batched
                if others:
                    flags[node] |= max(flags[column[node - self.first_op]] for column in others)
        return np.frombuffer(flags, bool)

    @property
    def outputs_differ(self) -> bool:
        """Whether an output depends on an input, so that it differs from row to row."""
        return bool(self.batched[self.outputs].any())

    @cached_property
    def chosen(self) -> Ints:
        """For each node, whether a row that selects may leave it out, so that no gradient goes to it."""
        flags = np.zeros(self.size, bool)
        selecting = [number for number, op in enumerate(self.ops) if op.selects]
        if selecting:
            args = np.stack(self.args, 1).tolist()
            codes = self.code.tolist()
            for node in range(self.first_constant - 1, self.first_op - 1, -1):
                if flags[node] or codes[node] in selecting:
                    flags[args[node]] = True
            flags[-1] = False  # number -1 stands for no argument
        return flags

    @cached_property
    def roles(self) -> Ints:
        """For each node, a number for what uses it first: the operation, for which argument, and this one's user."""
        nodes = np.arange(self.first_op, self.first_constant)[::-1]
        first, place = np.full(self.size + 1, self.size), np.zeros(self.size + 1, int)
        for number, column in enumerate(self.args):
            user = np.full(self.size + 1, self.size)
            user[column[nodes]] = nodes  # of several, the first node is written last
            earlier = user < first
            first[earlier], place[earlier] = user[earlier], number
        first[[-1, self.size - 1]] = self.size  # no argument is number -1
        root = np.append(self.reduction_of, -1)[first]
        reduced = root >= 0  # the terms of a reduction are alike, wherever they stand in its tree
        first[reduced], place[reduced] = root[reduced], 0
        code = np.append(self.code + 1, 0)
        return ((code[first] * len(self.args) + place) * (len(self.ops) + 1) + code[first[first]])[:-1]

    @cached_property
    def used_once(self) -> Ints:
        """For each node, whether it is used once, as an argument or an output."""
        uses = np.concatenate([*(column[column >= 0] for column in self.args), self.outputs])
        return np.bincount(uses, minlength=self.size) == 1

    @cached_property
    def reduction_of(self) -> Ints:
        """For each node, the last node of the reduction that it is part of: -1 if it is part of none.

        A reduction is a tree of max, or of min. The order in which its numbers are compared does not matter if no
        gradient passes, which a tie would share out. A pair is one, too, where another tree has more.
        """
        last = np.full(self.size, -1)
        for number, op in enumerate(self.ops):
            nodes = np.flatnonzero(self.code == number) if op.reduction else ()
            if not len(nodes):
                continue
            args, users = np.stack([self.x[nodes], self.y[nodes]], 1).ravel(), np.repeat(nodes, 2)
            inner = (self.code[args] == number) & self.used_once[args]
            last[nodes] = nodes
            last[args[inner]] = users[inner]
            while (last[last[nodes]] != last[nodes]).any():
                last[nodes] = last[last[nodes]]
            apart = self._passes_gradient[last[nodes]]
            last[nodes[apart] if (inner.reshape(-1, 2).any(1) & ~apart).any() else nodes] = -1
        return last

    @cached_property
    def _passes_gradient(self) -> Ints:
        """For each node, whether it is an output, or the argument of an operation that passes a gradient to it."""
        flags = np.zeros(self.size + 1, bool)  # no argument is number -1
        flags[self.outputs] = True
        for place, column in enumerate(self.args):
            passes = np.array([*(place < op.arity and op.passes[place] for op in self.ops), False])
            flags[column[passes[self.code]]] = True
        return flags[:-1]

    @cached_property
    def is_factor(self) -> Ints:
        """For each node, whether it is a factor of a product."""
        return self._is_argument("mul")

    @cached_property
    def is_term(self) -> Ints:
        """For each node, whether it is a term of a sum or of a difference."""
        return self._is_argument("add", "sub")

    def _is_argument(self, *names: str) -> Ints:
        flags = np.zeros(self.size, bool)
        for name in names:
            nodes = np.flatnonzero(self.is_op(name))
            flags[self.x[nodes]] = flags[self.y[nodes]] = True
        return flags

    @property
    def is_power(self) -> Ints:
        """For each node, whether it is a power."""
        return np.array([*(op.power for op in self.ops), False])[self.code]

    def is_op(self, name: str) -> Ints:
        """Return for each node whether it is an operation of that name."""
        return np.array([*(op.name == name for op in self.ops), False])[self.code]


def distinct(numbers: Ints) -> Ints:
    """Return the distinct ones of an array of integers, in order; NumPy's `unique` takes 30 ms when first called.

    >>> distinct(np.array([[3, 1], [3, 2]])).tolist()
    [1, 2, 3]
    """
    ordered = np.sort(numbers, axis=None)
    return ordered[np.diff(ordered, prepend=ordered[:1] - 1) > 0]


def _further_arguments(numbers: Numbering, order: Sequence[Value]) -> list[list[int]]:
    """Return a list of the second arguments, one of the third, and so on, where an operation has three or more."""
    further = [node._y if type(node._y) is Rest else (node._y,) for node in order]
    count = max(map(len, further))
    return [[numbers[args[place] if place < len(args) else None] for args in further] for place in range(count)]
