"""Groups as sums of parts, the nodes in the order and shape in which what they read is a view where it can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..ops import OPERATORS, Op
from .emit import Plan, Reader
from .group import FEW, Group
from .parts import Part
from .roll import roll
from .tape import Ints


def plan(groups: Iterable[Group], reader: Reader) -> Iterator[Plan]:
    """What each group becomes."""
    for group in groups:
        yield _operation(group.nodes, group.op, reader) if group.op else _sum(group, reader)


def _operation(nodes: Ints, op: Op, reader: Reader) -> Plan:
    arguments = [reader.tape.x[nodes], reader.tape.y[nodes]][: op.arity]
    order, shape = reader.layout.arrange(*arguments)
    reads = reader.views(*(each[order].reshape(shape) for each in arguments))
    letter = "h" if op.arity == 1 and op.name not in OPERATORS else "v"
    return letter, nodes[order].reshape(shape), [Part(op, reads)]


def _sum(group: Group, reader: Reader) -> Plan:
    nodes, _, left, right, rest = group
    worth = right.size > 32 or (right.size > FEW and len({*reader.layout.array[right].flat}) == 1)
    matrix = worth and (len(nodes) > 1 or left.max() < reader.tape.first_input)  # a lone dot without weights is none
    rolled = roll(left, right) if matrix else None
    if rolled and (len(rolled[0]) == 1 or rolled[0][0].size > 1):
        part, order = _matrices(*rolled, reader)
        parts, shape = [part], order.shape
    else:
        order, shape = reader.layout.arrange(*([right[:, 0]] if right.size else rest.T[:FEW]))
        parts = _products(left[order].reshape(*shape, -1), right[order].reshape(*shape, -1), reader)
    rest = rest[order.ravel()].reshape(*shape, -1)
    columns = np.moveaxis(rest, -1, 0)
    if len(columns) > FEW:
        parts.append(Part("total", [reader.view(rest, full=True)]))
    else:
        parts += [Part("term", [term]) for term in (map(reader.view, columns) if parts else reader.views(*columns))]
    return "z", nodes[order].reshape(shape), parts


def _products(left: Ints, right: Ints, reader: Reader) -> list[Part]:
    """Dots, the lists along the last axis: each is added up one by one, or contracted."""
    if right.shape[-1] <= FEW:
        pairs = zip(np.moveaxis(left, -1, 0), np.moveaxis(right, -1, 0))
        return [Part("product", reader.views(*pair)) for pair in pairs]
    axes = "cpqr"[: right.ndim - 1]
    reads = [reader.view(lists, full=True) for lists in (left, right)]
    return [Part("dot", reads, f"{axes}l {axes}l {axes}")]


def _matrices(dots: Ints, left: Ints, right: Ints, reader: Reader) -> tuple[Part, Ints]:
    """A matrix product, its lists in the order in which the right ones lie; and the dots in its shape."""
    within = reader.layout.arrange(right[0, :, 0])[0]
    left, right = left[:, :, within], right[:, within]
    if len(dots) == 1:
        across = reader.layout.arrange(right[0, 0])[0]
        left, right, dots = left[0], right[0][:, across], dots[0][:, across]
    axes = "cpl clq cpq" if dots.ndim == 3 else "pl lq pq"
    if dots.shape[-1] == 1:
        right, dots, axes = right[..., 0], dots[..., 0], axes.replace("q", "")
    reads = [reader.view(left, full=True, matrix=left.ndim == 2), reader.view(right, full=True)]
    matrix = "matrix by matrix" if right.ndim == 2 else "matrix by vector" if len(left) > 1 else "row by vector"
    return Part(matrix if reads[0].flat else "contraction", reads, axes), dots
