"""What a step of each form will take, estimated from what it is made of: the rule by which a form is chosen.

The figures are microseconds, fitted to measurements of 24 families of graphs on one thread of one machine. Another
machine is faster or slower at everything, which the choice does not depend on.
"""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .spelling import Template, on_floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..ops import Op
    from .tape import Ints, Tape

SCALARS_OPERATOR, SCALARS_CALL, SCALARS_ROW, SCALARS_PARAMETER = 0.007, 0.04, 0.55, 0.05
SCALARS_STEP = 3.0  # numbers become lists of floats, and back
COLUMNS_STEP, COLUMNS_PARAMETER = 7.0, 0.25
COLUMNS_OPERATION = 0.32  # for each block of rows
COLUMNS_ENTRY, COLUMNS_ENTRY_UNCACHED = 0.0004, 0.0008
ARRAY_LEAST = 8.0
ARRAY_OPERATION, ARRAY_VIEW, ARRAY_GATHER, ARRAY_SCATTER = 0.47, 0.23, 4.8, 2.5
ARRAY_MOVED, ARRAY_ENTRY, ARRAY_PRODUCT, ARRAY_ROW_UNCACHED = 0.005, 0.0017, 0.0002, 0.001
UNCACHED = 3000  # operations: with more, a result has left the cache before the next operation reads it

OPERATOR = re.compile(r" [-+*/<>=]=? | @ ")
CALL = re.compile(r"\b[a-z_]\w*\(")
SHAPE = re.compile(r"# \((.*)\)$")


class Counts(NamedTuple):
    """How much straight-line code a graph becomes, forward and backward.

    - `operators`, `calls`: how many of each.
    - `nodes`, `parameters`: how many of each.
    """

    operators: int
    calls: int
    nodes: int
    parameters: int

    def scalars(self, rows: int) -> float:
        """Return how long a step over so many rows takes over floats."""
        row = self.operators * SCALARS_OPERATOR + self.calls * SCALARS_CALL + SCALARS_ROW
        return SCALARS_STEP + rows * (row + self.parameters * SCALARS_PARAMETER)

    def columns(self, rows: int, block: int) -> float:
        """Return how long a step over so many rows takes over vectors of `block` rows."""
        operations = self.operators + self.calls
        entry = COLUMNS_ENTRY + COLUMNS_ENTRY_UNCACHED * min(1.0, operations / UNCACHED)
        blocks = -(-rows // block)
        each = COLUMNS_STEP + self.parameters * COLUMNS_PARAMETER + operations * COLUMNS_OPERATION
        return blocks * each + rows * operations * entry


class ArrayCounts(NamedTuple):
    """How much array code a graph becomes, forward and backward.

    - `operators`, `calls`: how many array operations, of either spelling.
    - `views`: how many reshapes and slices.
    - `gathers`, `scatters`: how often nodes are collected from the packed buffer, and added back to it.
    - `moved`: how many nodes these move.
    - `entries`: how many nodes that differ by row its arrays have.
    - `products`: how many products matrix products and dots are made of, for a row.
    """

    operators: int
    calls: int
    views: int
    gathers: int
    scatters: int
    moved: int
    entries: int
    products: int

    def matrices(self, rows: int, block: int) -> float:
        """Return how long a step over so many rows takes over arrays of all nodes of a kind.

        More than twice `block` are computed as so many at a time.
        """
        operations = self.operators + self.calls
        step = operations * ARRAY_OPERATION + self.views * ARRAY_VIEW
        step += self.gathers * ARRAY_GATHER + self.scatters * ARRAY_SCATTER
        row = self.moved * ARRAY_MOVED + self.entries * ARRAY_ENTRY + self.products * ARRAY_PRODUCT
        row += operations * ARRAY_ROW_UNCACHED * min(1.0, operations / UNCACHED)
        return step * (1 if rows <= 2 * block else -(-rows // block)) + rows * row


def straight_counts(tape: Tape) -> Counts:
    """Return the counts of a tape's straight-line code."""
    which = tape.code[tape.first_op : tape.first_constant]
    operators = calls = 0
    for op, count in zip(tape.ops, np.bincount(which, minlength=len(tape.ops)).tolist()):
        each = _of_row(op)
        operators, calls = operators + count * each[0], calls + count * each[1]
    return Counts(operators, calls, len(which), tape.first_input)


def least_of_matrices(tape: Tape) -> float:
    """Return how long a step takes at least as matrices: what needs each other cannot be one array.

    Sums and products may be part of one matrix product, so they do not count.
    """
    first, counted = tape.first_op, [op.name not in ("add", "mul", "neg") for op in tape.ops]
    depth = [0] * (tape.size + 1)  # no argument is number -1
    columns = [column[first : tape.first_constant].tolist() for column in tape.args]
    codes = tape.code[first : tape.first_constant].tolist()
    for node, code, *args in zip(range(first, tape.first_constant), codes, *columns):
        depth[node] = max([depth[arg] for arg in args]) + counted[code]
    return max(ARRAY_LEAST, 2 * max(depth) * (ARRAY_OPERATION + ARRAY_VIEW))


def array_counts(source: str, indices: Mapping[str, Ints], products: int) -> ArrayCounts:
    """Return the counts of the array code of a gradient.

    - `source`: its text.
    - `indices`: its arrays: of indices, and of numbers.
    - `products`: how many products its sums are made of.
    """
    entries = 0
    for line in source.splitlines():
        found = SHAPE.search(line)
        if found:
            *shape, last = found[1].split(", ")
            entries += prod(map(int, shape)) * (last == "batch")
    moved = sum(2 * places.size for places in indices.values() if places.dtype.kind == "i")
    views = source.count(".reshape(") + source.count("[") - source.count("[i")
    scatters = source.count("scatter(") + source.count("add_at(")
    calls = len(CALL.findall(source)) - source.count(".reshape(") - scatters
    return ArrayCounts(
        len(OPERATOR.findall(source)), calls, views, source.count("[i"), scatters, moved, entries, products
    )


def _of_row(op: Op) -> tuple[int, int]:
    """Return how many operators and calls a node of this row becomes, forward and backward."""
    if op.power:  # most of all, squares
        return 4, 0
    spelled = on_floats(op)
    passed = [partial for partial, passes in zip(spelled.partials, op.passes) if passes]
    templates = [spelled.value, *passed]
    operators = sum(_count(OPERATOR, template) for template in templates)
    operators += sum(1 + (partial.text != "1.0") for partial in passed)
    return operators, sum(_count(CALL, template) for template in templates)


def _count(pattern: re.Pattern[str], template: Template) -> int:
    return len(pattern.findall(template.text))
