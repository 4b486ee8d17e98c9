"""Rows at which a program has no value, or no gradient: found in arrays, and reported as eager code does.

A program looks for them only after it has met a number that is not finite. All nodes are then computed once more, as
arrays of all rows. A row in which an operation gives an infinite number or NaN is computed node by node with Values,
as the graph was recorded: that raises the error, or gives the numbers of the row, as for a given infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ..checks import in_row
from ..errors import GradwalkError
from ..ops import Op
from ..rules import added, check_results, contribution
from ..unrecorded import recording
from ..value import Value
from .backends import namespace
from .defined import IN_TABLE
from .steps import Steps
from .straight import NO_NUMBER
from .tape import Ints, Tape

NUMBERS = 1 << 22  # the most numbers that are computed at a time
COMPARING = ("threshold", "where")  # their result may be a number though an argument is NaN; x ** 0 is another


class Replayed(NamedTuple):
    """What a row gives that was computed with Values: its outputs, and the gradients by the parameters."""

    outputs: list[float]
    gradients: list[float]


def swallows(tape: Tape) -> bool:
    """Return whether arrays may pass over NaN or an infinity, whatever the numbers.

    NaN is not seen in the result where it is compared, and where nothing uses it. An infinity that is divided by zero
    is infinite for NumPy, and an error for Python.
    """
    compared = any(op.name in COMPARING or op not in IN_TABLE for op in tape.ops)
    compared = compared or bool((tape.y[tape.is_power | tape.is_op("div")] < tape.first_constant).any())
    used = np.zeros(tape.size, bool)
    for column in (*tape.args, tape.outputs):
        used[column] = True
    return compared or not bool(used[: tape.first_op].all())


class OutsideRows:
    """Finds the first row of a tape at which eager code raises an error, and raises it.

    - `tape`: the graph.
    - `batched`: whether rows differ, so that an error says in which row it is.
    """

    def __init__(self, tape: Tape, batched: bool) -> None:
        self._tape, self._batched = tape, batched

    def replayed(self, p: Any, x: Any, gradients: bool) -> dict[int, Replayed]:
        """Return the rows that were computed node by node; raise the error of the first that has no value.

        `p` are the parameters' numbers in the order of the tape, `x` is an array with a column for each row. With
        `gradients`, a row that has no gradient is an error, too.
        """
        return {row: self._replay(p, x, row, gradients) for row in self._all_suspects(p, x, gradients)}

    def without_value(self, p: Any, x: Any, candidates: Any) -> list[int]:
        """Return the rows at which the graph has no value, of these candidates."""
        rows = []
        for row in self._all_suspects(p, x, gradients=False):
            if candidates[row]:
                try:
                    self._replay(p, x, row, gradients=False)
                except GradwalkError:
                    rows.append(row)
        return rows

    def rows_or_nan(self, p: Any, x: Any, holes: Any) -> Any:
        """Return the outputs of each row, computed node by node: NaN in a row without a value, and in `holes`."""
        y = np.full((len(self._tape.outputs), len(holes)), np.nan)
        for row in np.flatnonzero(~holes).tolist():
            with suppress(GradwalkError):
                y[:, row] = self._replay(p, x, row, gradients=False).outputs
        return y

    def _all_suspects(self, p: Any, x: Any, gradients: bool) -> Iterator[int]:
        """Give the rows that have to be computed node by node."""
        size = max(1, NUMBERS // self._tape.size)
        for start in range(0, x.shape[1] if self._batched else 1, size):
            columns = x[:, start : start + size] if self._batched else x[:, :1]
            with np.errstate(all="ignore"):
                suspects = np.flatnonzero(self._suspects(p, columns, gradients))
            yield from (suspects + start).tolist()

    @cached_property
    def unseen(self) -> bool:
        """Whether arrays may pass over an error: inside a formula that was defined, or where `is_hidden`."""
        return self.is_hidden or any(op not in IN_TABLE for op in self._tape.ops)

    @cached_property
    def is_hidden(self) -> bool:
        """Whether arrays may pass over an error below what is not chosen, or beside an infinite constant."""
        return any(op.selects for op in self._tape.ops) or not np.isfinite(self._tape.values).all()

    # -- in arrays --------------------------------------------------------------------------------------------------

    @cached_property
    def _levels(self) -> list[tuple[Op, Ints, list[Ints]]]:
        """The operations, arguments before results: equal ones that need none of each other, and their arguments."""
        tape = self._tape
        columns = [column[tape.first_op : tape.first_constant].tolist() for column in tape.args]
        depth, groups = [0] * (tape.size + 1), dict[tuple[int, int], list[int]]()
        codes = tape.code[tape.first_op : tape.first_constant].tolist()
        for node, code, *args in zip(range(tape.first_op, tape.first_constant), codes, *columns):
            depth[node] = 1 + max(depth[arg] for arg in args)  # number -1 is of depth 0
            groups.setdefault((depth[node], code), []).append(node)
        levels = []
        for level, code in sorted(groups):
            nodes, op = np.array(groups[level, code]), tape.ops[code]
            levels.append((op, nodes, [column[nodes] for column in tape.args[: op.arity]]))
        return levels

    @cached_property
    def _dependents(self) -> Any:
        """For each node, whether it depends on a parameter by a way that passes a gradient."""
        flags = np.zeros(self._tape.size, bool)
        flags[: self._tape.first_input] = True
        for op, nodes, args in self._levels:
            for arg, passes in zip(args, op.passes):
                if passes:
                    flags[nodes] |= flags[arg]
        return flags

    def _suspects(self, p: Any, x: Any, gradients: bool) -> Any:
        """Return for each row whether a number came to be that is not finite, or a function found none."""
        tape = self._tape
        values = np.repeat(tape.values[:, None], x.shape[1], axis=1)
        values[: tape.first_input] = p[:, None]
        values[tape.first_input : tape.first_op] = x
        suspects = np.zeros(x.shape[1], bool)
        for op, nodes, args in self._levels:
            given = [values[arg] for arg in args]
            values[nodes] = result = _arrays(op, "f")(*given)
            suspects |= ~np.isfinite(result).all(axis=0)
        return suspects | self._steep(values) if gradients else suspects

    def _steep(self, values: Any) -> Any:
        """Return for each row whether a gradient is not finite on a way from an output to a parameter."""
        reached = np.zeros(values.shape, bool)
        grads, suspects = np.zeros(values.shape), np.zeros(values.shape[1], bool)
        reached[self._tape.outputs] = True
        np.add.at(grads, self._tape.outputs, 1.0)
        for op, nodes, args in reversed(self._levels):
            given, result, upstream = [values[arg] for arg in args], values[nodes], grads[nodes]
            for index, (arg, passes) in enumerate(zip(args, op.passes)):
                needed = reached[nodes] & self._dependents[arg][:, None]
                if not passes or not needed.any():
                    continue
                slope = _arrays(op, index)(*given, result)
                if op.selects:
                    needed &= slope != 0
                terms = np.where(needed, upstream * slope, 0.0)
                suspects |= ~np.isfinite(terms).all(axis=0)
                np.add.at(grads, arg, terms)
                np.logical_or.at(reached, arg, needed)
            suspects |= ~np.isfinite(grads).all(axis=0)
        return suspects

    # -- one row, node by node --------------------------------------------------------------------------------------

    def _replay(self, p: Any, x: Any, row: int, gradients: bool) -> Replayed:
        """Compute one row with Values, and raise what that raises."""
        compute = self._derive if gradients else self._follow
        tape = self._tape
        try:
            with recording():
                made = compute(p.tolist(), x[:, row].tolist())
        except GradwalkError as error:
            raise in_row(error, row) if self._batched else error from None
        outputs = [made[output].data for output in tape.outputs.tolist()]
        return Replayed(outputs, [parameter._grad or 0.0 for parameter in made[: tape.first_input]])

    def _follow(self, p: list[float], x: list[float]) -> list[Value]:
        """Return all nodes as Values: parameters, inputs, operations, constants."""
        labels = {number: label for number, label in enumerate(self._tape.node_labels) if label}
        return Steps.of(self._tape, labels).followed(p, x)

    def _derive(self, p: list[float], x: list[float]) -> list[Value]:
        """Compute the gradients by the parameters, each contribution checked."""
        made, tape = self._follow(p, x), self._tape
        order = made[tape.first_op : tape.first_constant]
        check_results(order)
        found, needed = {made[output] for output in tape.outputs.tolist()}, set(made[: tape.first_input])
        for z in order:
            if any(passes and arg in needed for arg, passes in zip(z.args, z.op.passing(z))):
                needed.add(z)
        for output in tape.outputs.tolist():
            made[output]._grad = (made[output]._grad or 0.0) + 1.0
        for z in reversed(order):
            if z not in found or z not in needed:
                continue
            for index, (arg, passes) in enumerate(zip(z.args, z.op.passing(z))):
                if passes and arg in needed:
                    found.add(arg)
                    arg._grad = added(arg, arg._grad, contribution(z, index, z._grad))
        return made


def _arrays(op: Op, which: Any) -> Callable[..., Any]:
    """Return what computes an operation on arrays: "f", or one of its slopes by the index of the argument.

    A slope gets the result as its last argument. An operation that was defined is called number by number, because an
    array may overflow inside its formula without a trace.
    """
    formula = op.formula if which == "f" else op.computed[which]
    letters = op.letters if which == "f" else (*op.letters, "z")
    if op in IN_TABLE:
        return eval(f"lambda {', '.join(letters)}: {formula}", namespace("numpy"))  # type: ignore[no-any-return]
    return np.vectorize(_nan_where_undefined(op, which), otypes=[float])


def _nan_where_undefined(op: Op, which: Any) -> Callable[..., float]:
    def number(*numbers: float) -> float:
        plain = [float(each) for each in numbers]
        try:
            if which == "f":
                return op.f(*plain)
            return float(op.slopes[which](*plain[:-1], z=plain[-1]))
        except NO_NUMBER:
            return np.nan

    return number
