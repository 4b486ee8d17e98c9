"""The graph as columns of integers, so that every pass after this one is a few array operations.

A node's id is its place: parameters first, then inputs, operations with arguments before results, and
last the other leaves, which are constants to the program.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from ..graph import operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value

Ints = Any  # a NumPy array of integers


class Tape:
    """Columns over node ids: `code` indexes `ops` (-1 for a leaf), `x` and `y` are argument ids (-1 for none)."""

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        order = operations(*outputs)
        first = len(parameters) + len(inputs)
        self.first_input, self.first_op, self.first_constant = len(parameters), first, first + len(order)
        self.constants: list[float] = []
        ids = _Ids(self)
        ids.update(zip([*parameters, *inputs, *order], range(self.first_constant)))
        ids[None] = -1
        leaf = [-1] * first
        x = leaf + list(map(ids.__getitem__, map(attrgetter("_x"), order)))
        y = leaf + list(map(ids.__getitem__, map(attrgetter("_y"), order)))
        self.outputs = np.array([ids[output] for output in outputs])
        self.size = self.first_constant + len(self.constants)
        tail = [-1] * len(self.constants)
        self.x, self.y = np.array(x + tail), np.array(y + tail)
        rows = list(map(attrgetter("op"), order))
        self.ops = list(dict.fromkeys(rows))
        number = {op: index for index, op in enumerate(self.ops)}
        self.code = np.array(leaf + [number[op] for op in rows] + tail)
        self.labels = [leaf.label for leaf in parameters]

    def is_op(self, name: str) -> Ints:
        """Which nodes are operations of that name."""
        codes = [index for index, op in enumerate(self.ops) if op.name == name]
        return self.code == (codes[0] if codes else -2)


class _Ids(dict[Any, int]):
    """Node -> id; a leaf that it does not know is a constant, and gets the next id."""

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self.tape = tape

    def __missing__(self, leaf: Value) -> int:
        constants = self.tape.constants
        self[leaf] = index = self.tape.first_constant + len(constants)
        constants.append(leaf.data)
        return index
