"""The numeric nudge, spelled out on a graph: move one node a little to both sides, and see how far the root moves."""

from __future__ import annotations

from math import isclose

from engine import Value, nodes

from .inside.graphs import num

STEP = 0.001


def nudge_text(root: Value, name: str, slope: float) -> str:
    """How a nudge of the node `name` gives the root's slope, in numbers; "" if it does not, as at a kink.

    The root itself moves by as much as it is moved.

    >>> x = Value(3.0, "x")
    >>> print(nudge_text(x * x, "x", 6.0))
    x + 0.001 makes the root 9.006
    x - 0.001 makes the root 8.994
    (9.006 - 8.994) / 0.002 = 6.0
    """
    node = next((each for each in nodes(root) if each.label == name), None)
    if node is None:
        return ""
    above, below = (moved(root, node, step) for step in (STEP, -STEP))
    for digits in range(4, 13):
        up, down = num(above, digits), num(below, digits)
        measured = (float(up) - float(down)) / (2 * STEP)
        if isclose(measured, slope, rel_tol=1e-4, abs_tol=1e-6):
            root_name = root.label or "the root"
            less = f"({down})" if down.startswith("-") else down
            lines = (f"{name} {sign} {STEP} makes {root_name} {text}" for sign, text in (("+", up), ("-", down)))
            return "\n".join([*lines, f"({up} - {less}) / {2 * STEP} = {num(slope, 4)}"])
    return ""


def moved(root: Value, node: Value, step: float) -> float:
    """The number that the root has when a node is moved, and all that depends on it follows."""
    data: dict[Value, float] = {}
    for each in nodes(root):
        data[each] = each.op.f(*(data[arg] for arg in each.args)) if each.op else each.data
        if each is node:
            data[each] += step
    return data[root]
