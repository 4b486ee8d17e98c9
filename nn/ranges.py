"""Find between which numbers the nodes of a graph are, whatever its parameters and inputs are."""

from __future__ import annotations

from functools import cache
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any

from engine import operations

from .decision import addends, is_part
from .evidence import FAR, LINEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Op, Value

Range = tuple[float, float]
ANY: Range = (-inf, inf)  # the range of a node that may be any number
SHARES: Range = (0.0, 1.0)  # of a part of a sum whose parts are all 0 or more
PARTS = 64  # an operation is tried at so many numbers between two ends


@cache
def range_of(op: Op, low: float = -inf, high: float = inf) -> Range:
    """Return between which numbers the results of an operation are, as far as trying it shows.

    `low` and `high` are the ends of the range of its argument.

    >>> from engine import OPS
    >>> range_of(OPS["tanh"]), range_of(OPS["relu"]), range_of(OPS["log"])
    ((-1.0, 1.0), (0.0, inf), (-inf, inf))
    >>> range_of(OPS["abs"], -2.0, 1.0)
    (0.0, 2.0)
    """
    wide = [8 * FAR * step / 1280 for step in range(-1280, 1281)]  # in steps of 0.25
    if isfinite(high - low):
        wide = [low + (high - low) * step / PARTS for step in range(PARTS + 1)]
        wide += [0.0] * (low < 0 < high)  # where kinks are
    inside = [x for x in [*wide, *filter(isfinite, (low, high))] if low <= x <= high]
    near = [x for x in inside if isfinite(high - low) or abs(x) <= 4 * FAR]
    try:
        all_of, middle = ([op.f(x) for x in xs] for xs in (inside, near))
    except (ArithmeticError, ValueError):  # it is not defined everywhere
        return ANY
    if not middle or not all(isfinite(y) for y in all_of):
        return ANY
    least = round(min(middle), 9) if min(middle) - min(all_of) < 1e-9 else -inf
    most = round(max(middle), 9) if max(all_of) - max(middle) < 1e-9 else inf
    return least, most


def ranges(outputs: Sequence[Value]) -> dict[Value, Range]:
    """Return the range of each node below the outputs. A leaf that requires a gradient may be any number.

    >>> from engine import Value
    >>> z = Value(3.0, "z")
    >>> y = 5 * z.sigmoid() - 1
    >>> ranges([y])[y]
    (-1.0, 4.0)
    """
    known: dict[Value, Range] = {}
    for node in operations(*outputs):
        for arg in node.args:
            if arg.op is None:
                known[arg] = ANY if arg.requires_grad else (arg.data, arg.data)
        known[node] = _range_of_node(node, known)
    return known


def limiting(node: Value, known: dict[Value, Range]) -> str:
    """Return the name of the operation that gives a node its range: the last one that is not linear."""
    while node.op is not None and node.op.name in LINEAR and not _is_share(node, known):
        varying = [arg for arg in node.args if known[arg][0] < known[arg][1]]
        if not varying:
            break
        node = varying[0]
    return node.op.name if node.op is not None else ""


def _range_of_node(node: Value, known: dict[Value, Range]) -> Range:
    """Return the range of a node, from those of its arguments."""
    op, of_args = node.op, [known[arg] for arg in node.args]
    if op.arity == 1 and op.name != "neg":
        return range_of(op, *of_args[0])
    if _is_share(node, known):
        return SHARES
    if op.name in CHOICES and ANY in of_args:  # a limit that the user chose and knows
        return ANY
    if op.name == "div" and of_args[1][0] <= 0 <= of_args[1][1]:
        return ANY
    if op.name in EDGES:
        low, high = EDGES[op.name](*of_args)
        return (low, high) if low <= high else ANY  # not a number, where infinity is taken from infinity
    return ANY


def _is_share(node: Value, known: dict[Value, Range]) -> bool:
    """Tell whether a node is a part of a sum over that sum, all of whose parts are 0 or more, as in a softmax."""
    if node.op is None or node.op.name != "div":
        return False
    part, parts = node.args[0], addends(node.args[1])
    return is_part(part, parts) and all(known[each][0] >= 0 for each in parts)


def _times(a: float, b: float) -> float:
    return a * b if a and b else 0.0  # also for 0 times infinity


def _product(a: Range, b: Range) -> Range:
    corners = [_times(x, y) for x in a for y in b]
    return min(corners), max(corners)


def _sum(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]


def _negative(a: Range) -> Range:
    return 0.0 - a[1], 0.0 - a[0]


def _inverse(a: Range) -> Range:
    return (1 / a[1] if a[1] else nan), (1 / a[0] if a[0] else nan)


CHOICES = ("maximum", "minimum", "clip")
# The range of a result, from those of its arguments.
EDGES: dict[str, Any] = {
    "add": _sum,
    "neg": _negative,
    "sub": lambda a, b: _sum(a, _negative(b)),
    "mul": _product,
    "div": lambda a, b: _product(a, _inverse(b)),
    "maximum": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "minimum": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "clip": lambda a, low, high: tuple(min(max(x, least), most) for x, least, most in zip(a, low, high)),
}
