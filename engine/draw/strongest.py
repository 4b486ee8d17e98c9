"""The strongest paths: of a graph that repeats nothing, the nodes that move the root most."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING

from .fold import is_number, none, with_constants_folded

if TYPE_CHECKING:
    from .fold import Folding, Operations

MOST_NODES = 22
MOST_EDGES_DEEP = 8  # from the root


def strongest(graph: Operations) -> Folding:
    """Show the root and what it depends on most: along the edges with the largest |gradient × local derivative|.

    The gradients are those of the root, computed anew: the nodes may hold others, or none. A gradient or a local
    derivative that is not a finite number counts as the strongest.
    """
    if not graph.order:
        return none(graph)
    root = graph.order[-1]
    strength = strengths(graph)
    shown, level = {root}, {root: 0}
    waiting: list[tuple[float, int, int, int]] = []
    arrivals = count()

    def wait(node: int) -> None:
        for index, arg in enumerate(graph.args[node]):
            if not is_number(graph.nodes[arg]):
                heappush(waiting, (-strength[node, index], next(arrivals), node, index))

    wait(root)
    while waiting and len(shown) < MOST_NODES:
        *_, node, index = heappop(waiting)
        arg = graph.args[node][index]
        if arg in shown or level[node] >= MOST_EDGES_DEEP:
            continue
        level[arg] = level[node] + 1
        shown.add(arg)
        if graph.names[arg]:
            wait(arg)
    folding = with_constants_folded(graph, none(graph).keys)
    folding.visible, folding.strength = shown, strength
    return folding


def strengths(graph: Operations) -> dict[tuple[int, int], float]:
    """Return |gradient × local derivative| of each edge, by its head and the index of the argument."""
    gradients = [0.0] * len(graph.nodes)
    gradients[graph.order[-1]] = 1.0
    strength: dict[tuple[int, int], float] = {}
    for place in reversed(graph.order):
        node, gradient = graph.nodes[place], gradients[place]
        args = node.args
        numbers = [arg.data for arg in args]
        for index, (arg, below) in enumerate(zip(args, graph.args[place])):
            contribution = 0.0
            if arg.requires_grad:
                try:
                    contribution = gradient * node.op.slopes[index](*numbers, z=node.data)
                except (ArithmeticError, ValueError):
                    contribution = float("inf")
                gradients[below] += contribution
            strength[place, index] = abs(contribution) if isfinite(contribution) else float("inf")
    return strength
