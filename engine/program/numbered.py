"""The numbers of a graph's nodes: of parameters, inputs, operations, and then of constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..graph import Numbering, operations
from ..printer import expression

if TYPE_CHECKING:
    from ..value import Value


def numbered(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
) -> tuple[list[Value], Numbering]:
    """Return the operations below the outputs in order, and the number of each parameter, input and operation.

    The other leaves, which are constants, get the next numbers as they are looked up.

    Raises ArgumentError for an input or a parameter that is computed, or is given twice.
    """
    order, leaves = operations(*outputs), [*parameters, *inputs]
    first = len(leaves) + len(order)
    numbers = Numbering(first)
    numbers.update(zip([*leaves, *order], range(first)))
    if len(numbers) < first or {leaf._op_row for leaf in leaves} - {None}:
        _check_leaves(inputs, parameters)
    return order, numbers


def _check_leaves(inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
    """Raise ArgumentError for what is not a leaf, or is given twice."""
    seen: dict[Value, str] = {}
    for name, leaves in ("inputs", inputs), ("parameters", parameters):
        for leaf in leaves:
            if leaf.op is not None:
                raise ArgumentError(
                    f"compile(): {name} are leaves, and {leaf.label or expression(leaf)} is computed."
                )
            if leaf in seen:
                both = f"twice in {name}" if seen[leaf] == name else f"in {seen[leaf]} and in {name}"
                raise ArgumentError(f"compile(): {leaf.label or 'a leaf'} stands {both}: give it once.")
            seen[leaf] = name
