"""The forms that a program can run in, and which of them is the fastest for how many rows.

- matrices: array code, in which nodes of one kind are one array; for what is regular.
- columns: straight-line code in which a node is a vector of rows; for irregular graphs with many rows.
- scalars: straight-line code over Python's floats; for a row, or a few.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..collector import Paused
from ..printer import plural
from .columns import Columns, block_of
from .cost import ARRAY_OPERATION, array_counts, least_of_matrices, straight_counts
from .defined import rows_of_source
from .group import Grouped
from .outside import swallows
from .scalars import Scalars
from .shapes import FORMS
from .steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from .program import Code
    from .tape import Ints, Tape

MARGIN = 1.25  # how many times as fast another form must be to take the place of matrices, which share their code
# NumPy tells of an overflow in a product only if that is in its own thread, and large products are shared by several.
# So from MANY_NUMBERS on, those that are given must be small.
MANY_NUMBERS = 1 << 18
KEPT = 1000  # the most row counts for which the chosen form is remembered
SHOWN_ROWS = 100  # rows: a program that has not run yet shows the form that it would choose for this many


class ScalarRows:
    """The scalar form, `scalars`, behind arrays: it takes them and returns them."""

    def __init__(self, steps: Steps) -> None:
        self.scalars: Scalars = Scalars(steps)
        self.sources: dict[str, str] = self.scalars.sources

    def value_and_grad(self, numbers: list[float], x: Any) -> tuple[float, Any] | None:
        """Return what `Columns.value_and_grad` returns."""
        result = self.scalars.value_and_grad(numbers, x.T.tolist())
        return result and (result[0], np.array(result[1]))

    def outputs(self, numbers: list[float], x: Any) -> Any:
        """Return what `Columns.outputs` returns."""
        results = self.scalars.outputs(numbers, x.T.tolist())
        return results and np.array(results).T


class Forms:
    """All forms of a tape, each written when it is first needed.

    - `tape`: the tape.
    - `batched`: whether the outputs differ from row to row.
    """

    tape: Tape

    def __init__(self, tape: Tape, code: Callable[[Tape, Grouped], Code]) -> None:
        self.tape, self._code = tape, code
        self.batched: bool = tape.outputs_differ
        self._choices: dict[int, str] = {}  # by the number of rows

    @cached_property
    def matrices(self) -> Code:
        """The array code."""
        with Paused():
            code = self._code(self._spelled, self._grouped)
            vars(self).pop("_grouped", None)  # nothing else needs all of them
            return code

    @cached_property
    def _grouped(self) -> Grouped:
        return Grouped(self._spelled)

    @cached_property
    def in_numpy(self) -> tuple[Any, Ints, int, float]:
        """The function of the array code that gives the gradients, and the offset of each parameter in them.

        Then the most rows that are computed at a time, and the fewest with which NumPy may miss an overflow.
        """
        code = self.matrices
        return code.function("gradient"), code.offsets, 2 * code.block, self.fewest_reported

    @cached_property
    def columns(self) -> Columns:
        """The straight-line code over vectors of rows."""
        with Paused():
            return Columns(Steps.of(self._spelled))

    @cached_property
    def scalars(self) -> ScalarRows:
        """The straight-line code over floats."""
        with Paused():
            return ScalarRows(Steps.of(self.tape))

    def chosen(self, rows: int) -> str:
        """Return the name of the form that is estimated to be the fastest for so many rows."""
        name = self._choices.get(rows)
        if name is None:
            if len(self._choices) >= KEPT:
                self._choices.clear()
            with Paused():
                name = self._choices[rows] = self._choose(rows)
        return name

    def _choose(self, rows: int) -> str:
        if not self.tape.first_op < self.tape.first_constant:  # no operation at all
            return "matrices"
        estimates = self._straight_estimates(rows)
        name = min(estimates, key=estimates.__getitem__)
        limit = estimates[name] * MARGIN
        # Matrices need not be made, and of their groups no more than tell that they take longer.
        if "matrices" not in vars(self) and (
            limit < self._least_of_matrices or self._grouped.are_more_than(int(limit / ARRAY_OPERATION))
        ):
            return name
        return name if limit < self._array.matrices(rows, self.matrices.block) else "matrices"

    def estimates(self, rows: int) -> dict[str, float]:
        """Return for each form how many microseconds a step over so many rows is estimated to take."""
        return {"matrices": self._array.matrices(rows, self.matrices.block), **self._straight_estimates(rows)}

    def _straight_estimates(self, rows: int) -> dict[str, float]:
        """Return the estimates that need no code."""
        straight = self._straight
        return {"columns": straight.columns(rows, block_of(straight.nodes)), "scalars": straight.scalars(rows)}

    def described(self, rows: int) -> str:
        """Return which form runs for so many rows, and why."""
        estimates = {name: f"{number:,.0f} µs" for name, number in self.estimates(rows).items()}
        name = self.chosen(rows)
        others = ", ".join(f"{other} {estimates[other]}" for other in FORMS if other != name)
        return f"{name}: a step over {plural(rows, 'row')} is estimated to take {estimates[name]}; {others}"

    @cached_property
    def fewest_reported(self) -> float:
        """For fewer rows than these NumPy raises an error for each infinity and NaN, whatever the numbers."""
        return 0 if swallows(self.tape) else MANY_NUMBERS / (self.tape.size - 1 or 1)

    @cached_property
    def _spelled(self) -> Tape:
        """The tape, with its rows as array code calls them."""
        ops = rows_of_source(self.tape.ops)
        if ops == self.tape.ops:
            return self.tape
        twin = copy(self.tape)
        twin.ops = ops
        return twin

    @cached_property
    def _straight(self) -> Any:
        return straight_counts(self.tape)

    @cached_property
    def _least_of_matrices(self) -> float:
        return least_of_matrices(self.tape)

    @cached_property
    def _array(self) -> Any:
        code = self.matrices
        return array_counts(code.text("gradient", "lines"), code._constants, code.products)
