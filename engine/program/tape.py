"""The graph as columns of integers, so that every pass after this one is a few array operations.

A node's id is its place: parameters first, then inputs, operations with arguments before results, and
last the other leaves, which are constants to the program, and a zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from ..graph import operations
from ..value import Value

Ints = Any  # a NumPy array of integers


class Tape:
    """Columns over ids: `code` is a number in `ops` (-1 for a leaf), `x` and `y` are arguments (-1 for none)."""

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        order, leaves = operations(*outputs), [*parameters, *inputs]
        self.first_input, self.first_op = len(parameters), len(leaves)
        self.first_constant = first = len(leaves) + len(order)
        ids: dict[Any, int] = defaultdict(count(first).__next__, zip([*leaves, *order, None], [*range(first), -1]))
        rows: dict[Any, int] = defaultdict(count().__next__)

        def column(name: str, numbers: dict[Any, int]) -> Ints:
            return np.fromiter(map(numbers.__getitem__, map(attrgetter(name), order)), int, len(order))

        found = column("_x", ids), column("_y", ids), column("op", rows)
        self.outputs, self.ops = np.array([ids[output] for output in outputs]), [*rows]
        constants = [leaf.data for leaf in [*ids][first + 1 :]] + [0.0]
        self.size = first + len(constants)
        self.values = np.concatenate([np.zeros(first), constants])  # 0 for what is none
        self.x, self.y, self.code = columns = np.full((3, self.size), -1)
        columns[:, self.first_op : first] = found
        self.labels = [leaf.label for leaf in parameters]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells structures apart."""
        columns = (column.tobytes() for column in (self.x, self.y, self.code, self.outputs, self.values))
        return (*columns, self.first_input, self.first_op, tuple(self.labels), tuple(self.ops))

    @cached_property
    def batched(self) -> Ints:
        """Which nodes differ from row to row, for an input reaches them."""
        flags, inputs = bytearray(self.size), self.first_op - self.first_input
        flags[self.first_input : self.first_op] = b"\1" * inputs
        within = slice(self.first_op, self.first_constant if inputs else self.first_op)
        for node, x, y in zip(range(self.size)[within], self.x[within].tolist(), self.y[within].tolist()):
            flags[node] = flags[x] | flags[y]  # a missing argument is number -1: the zero
        return np.frombuffer(flags, bool)

    def named(self, name: str) -> Ints:
        """Which nodes are operations of that name."""
        return np.array([*(op.name == name for op in self.ops), False])[self.code]
