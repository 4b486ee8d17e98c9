"""The strongest paths: of a graph that repeats nothing, the nodes that move the root most."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING

from .fold import Folding, fold_constants, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value
    from .fold import Operations

MOST_NODES = 22
MOST_EDGES_DEEP = 8  # from the root


def strongest(graph: Operations) -> Folding:
    """Show the root and what it depends on most: along the edges with the largest |gradient × local derivative|.

    The gradients are those of the root, computed anew: the nodes may hold others, or none. A gradient or a local
    derivative that is not a finite number counts as the strongest.
    """
    root = graph.order[-1]
    strength = strengths(graph.order)
    shown, level = {root}, {root: 0}
    waiting: list[tuple[float, int, Value, int]] = []
    arrivals = count()

    def wait(node: Value) -> None:
        for index, arg in enumerate(node.args):
            if not is_number(arg):
                heappush(waiting, (-strength[node, index], next(arrivals), node, index))

    wait(root)
    while waiting and len(shown) < MOST_NODES:
        *_, node, index = heappop(waiting)
        arg = node.args[index]
        if arg in shown or level[node] >= MOST_EDGES_DEEP:
            continue
        level[arg] = level[node] + 1
        shown.add(arg)
        if arg.op:
            wait(arg)
    keys = fold_constants(graph, {})
    return Folding(keys, visible=shown, strength=strength)


def strengths(order: Sequence[Value]) -> dict[tuple[Value, int], float]:
    """Return |gradient × local derivative| of each edge, by its head and the index of the argument."""
    gradients: defaultdict[Value, float] = defaultdict(float, {order[-1]: 1.0})
    strength: dict[tuple[Value, int], float] = {}
    for node in reversed(order):
        gradient, numbers = gradients[node], [arg.data for arg in node.args]
        for index, arg in enumerate(node.args):
            contribution = 0.0
            if arg.requires_grad:
                try:
                    contribution = gradient * node.op.slopes[index](*numbers, z=node.data)
                except (ArithmeticError, ValueError):
                    contribution = float("inf")
                gradients[arg] += contribution
            strength[node, index] = abs(contribution) if isfinite(contribution) else float("inf")
    return strength
