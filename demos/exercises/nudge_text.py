"""Write out a central difference on a graph in numbers, as the reason for a gradient in a report."""

from __future__ import annotations

from math import isclose

from engine import Value, nodes

from .inside.graphs import num

STEP = 0.001


def nudge_text(root: Value, name: str, slope: float) -> str:
    """Return the central difference of the root by the node `name`, in numbers.

    Returns "" if it does not give `slope`, as at a kink, and if there is no such node.

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
    """Return the number of the root when `step` is added to the number of a node."""
    data: dict[Value, float] = {}
    for each in nodes(root):
        data[each] = each.op.f(*(data[arg] for arg in each.args)) if each.op else each.data
        if each is node:
            data[each] += step
    return data[root]
