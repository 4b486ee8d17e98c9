"""Which arrays tell whether all numbers of a program are finite, for libraries that raise no error where one is not.

A sum of an infinite number, or of NaN, is infinite or NaN again. So what is only added, multiplied and the like need
not be looked at, if what it becomes is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from .defined import IN_TABLE
from .infinities import hides_infinity
from .layout import CONSTANTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .layout import Layout
    from .tape import Ints, Tape


def arrays_to_check(tape: Tape, layout: Layout, forward: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names of arrays that must be finite, and of those that may be infinite, but not NaN.

    The latter depend on an infinite constant, such as a mask of -inf. `forward` is the lines that compute all arrays.
    """
    names = [*(buffer.name for buffer in layout.buffers[CONSTANTS + 1 :]), "y"]
    infinite = _below_infinities(tape)
    if infinite.any():
        numbers = {*layout.buffer[infinite].tolist()}
        beyond = {layout.buffers[number].name for number in numbers if number > CONSTANTS}
        return [name for name in names if name not in beyond], sorted(beyond)
    # A node without an array of its own is in a sum, which is infinite with it, or in a maximum, which may hide it.
    hidden = ~_shows_in_results(tape) & (layout.buffer >= 0)
    hiding = {layout.buffers[number].name for number in {*layout.buffer[hidden].tolist()}}
    # Lines that are alike may become a loop: then all of them are checked, or none.
    forms = {line.partition(" = ")[0]: re.sub(r"\d+", "", line) for line in forward}
    of_hiding = {form for name, form in forms.items() if name in hiding}
    return [name for name in names if name == "y" or name in hiding or forms[name] in of_hiding], []


def _shows_in_results(tape: Tape) -> Any:
    """Return for each node whether it is an output, or a result of it is not finite where it is not."""
    flags = np.zeros(tape.size + 1, bool)  # no argument is number -1
    flags[tape.outputs] = True
    with_positive_exponent = tape.is_power & (np.append(tape.values, 0.0)[tape.y] > 0)
    for place, column in enumerate(tape.args):
        shows = [op in IN_TABLE and (not hides_infinity(op) or (op.name == "div" and place == 0)) for op in tape.ops]
        users = np.array([*shows, False])[tape.code]
        if place == 0:
            users |= with_positive_exponent
        flags[column[users]] = True
    return flags[:-1]


def _below_infinities(tape: Tape) -> Ints:
    """Return for each node whether it depends on an infinite constant."""
    flags = ~np.isfinite(tape.values)
    if flags.any():
        columns = [column[tape.first_op : tape.first_constant].tolist() for column in tape.args]
        for node, *args in zip(range(tape.first_op, tape.first_constant), *columns):
            flags[node] = flags[args].any()  # number -1, for no argument, is the zero
        flags[tape.first_constant :] = False
    return flags
