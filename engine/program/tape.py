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
    """Columns over ids: `code` is a number in `ops` (-1 for a leaf), `x` and `y` are arguments (-1 for none)."""

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        order = operations(*outputs)
        leaves = [*parameters, *inputs]
        self.first_input, self.first_op = len(parameters), len(leaves)
        self.first_constant = len(leaves) + len(order)
        self.constants: list[float] = []
        ids = _Ids(zip([*leaves, *order, None], [*range(self.first_constant), -1]))
        ids.tape = self
        columns = [list(map(ids.__getitem__, map(attrgetter(argument), order))) for argument in ("_x", "_y")]
        self.outputs = np.array([ids[output] for output in outputs])
        rows = list(map(attrgetter("op"), order))
        self.ops = list(dict.fromkeys(rows))
        columns.append(list(map({op: number for number, op in enumerate(self.ops)}.__getitem__, rows)))
        self.x, self.y, self.code = np.full((3, self.first_constant + len(self.constants)), -1)
        for column, values in zip((self.x, self.y, self.code), columns):
            column[self.first_op : self.first_constant] = values
        self.size = len(self.code)
        self.labels = [leaf.label for leaf in parameters]

    def named(self, name: str) -> Ints:
        """Which nodes are operations of that name."""
        return np.isin(self.code, [number for number, op in enumerate(self.ops) if op.name == name])


class _Ids(dict[Any, int]):
    """Node -> id; a leaf that is not there yet is a constant, and gets the next id."""

    tape: Tape

    def __missing__(self, leaf: Value) -> int:
        self[leaf] = self.tape.first_constant + len(self.tape.constants)
        self.tape.constants.append(leaf.data)
        return self[leaf]
