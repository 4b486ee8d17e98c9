"""Groups as steps: each is one array, with the parts that it is made of and what each part reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..ops import OPERATORS
from .group import FEW
from .roll import roll

if TYPE_CHECKING:
    from ..ops import Op
    from .group import Group
    from .layout import Array, Layout, Operand
    from .tape import Ints


class Part(NamedTuple):
    """Something that a step adds up: an operation, a matrix product, a contraction, a product, a sum, a term."""

    kind: str
    operands: list[Operand]
    detail: object = None  # the operation, a contraction's axes, or where the segments of a ragged sum begin


class Step(NamedTuple):
    array: Array
    parts: list[Part]


def plan(groups: list[Group], layout: Layout) -> list[Step]:
    """One step a group, in order."""
    return [_operation(group, layout, group.op) if group.op else _sum(group, layout) for group in groups]


def _operation(group: Group, layout: Layout, op: Op) -> Step:
    tape = layout.tape
    arguments = [tape.x[group.nodes], tape.y[group.nodes]][: op.arity]
    order, shape = _arrange(arguments, layout)
    operands = layout.operands([nodes[order].reshape(shape) for nodes in arguments])
    array = layout.add("h" if op.arity == 1 and op.name not in OPERATORS else "v", group.nodes[order].reshape(shape))
    return Step(array, [Part("operation", operands, op)])


def _arrange(arguments: list[Ints], layout: Layout) -> tuple[Ints, tuple[int, ...]]:
    """The order and shape for a group in which its most varied argument is a slice."""
    lead = arguments[0]
    if len(arguments) > 1:
        lead = max(arguments, key=lambda nodes: (len(set(nodes.tolist())), bool((layout.place[nodes] >= 0).all())))
    order = layout.sorted(lead)
    return order, layout.shape(lead[order])


def _sum(group: Group, layout: Layout) -> Step:
    left, right, rest = group.left, group.right, group.rest
    ragged_products, ragged_rest = group.starts
    nodes, parts = group.nodes, []
    length = right.shape[-1] if right.ndim == 2 else FEW + 1
    if ragged_products is None and ragged_rest is None:
        rolled = roll(left, right) if right.size and (layout.array[right] == layout.array[right[0, 0]]).all() else None
        if rolled is not None and length * len(nodes) > FEW and (rolled.order.shape[0] == 1 or rolled.order[0].size > 1):
            return _matrices(group, layout, rolled)
        lead = [right[:, 0]] if length and right.size else [column for column in rest.T[:FEW]]
        order, shape = _arrange(lead, layout)
        nodes, left, right, rest = nodes[order], left[order], right[order], rest[order]
    else:
        shape = nodes.shape

    if ragged_products is not None:
        parts.append(Part("segments", [layout.operand(left), layout.operand(right)], ragged_products))
    elif length > FEW and right.size:
        operands = [layout.operand(lists.reshape(*shape, -1)) for lists in (left, right)]
        axes = "cpqr"[: len(shape)]
        parts.append(Part("contraction", operands, (f"{axes}l", f"{axes}l", axes)))
    elif right.size:
        for at in range(length):
            parts.append(Part("product", layout.operands([side[:, at].reshape(shape) for side in (left, right)])))
    parts += _terms(rest, shape, layout, ragged_rest, not parts)
    return Step(layout.add("z", nodes.reshape(shape)), parts)


def _terms(rest: Ints, shape: tuple[int, ...], layout: Layout, starts: Ints | None, alone: bool) -> list[Part]:
    if starts is not None:
        return [Part("segments", [layout.operand(rest)], starts)]
    if rest.shape[1] > FEW:
        return [Part("total", [layout.operand(rest.reshape(*shape, -1))])]
    return [Part("term", layout.operands([column.reshape(shape)]) if alone and at == 0 else [layout.operand(column.reshape(shape))])
            for at, column in enumerate(rest.T)]


def _matrices(group: Group, layout: Layout, rolled) -> Step:
    order, left, right = rolled
    count, p, q = order.shape
    within = layout.sorted(right[0, :, 0])
    by_column = layout.sorted(right[:, within[0], :].ravel()) if count == 1 else np.arange(q)
    left, right = left[:, :, within], right[:, within]
    if count == 1:
        right, order = right[:, :, by_column], order[:, :, by_column]
        left, right, order = left[0], right[0], order[0]
        if q == 1:
            right, order = right[:, 0], order[:, 0]
    operands = [layout.operand(left), layout.operand(right)]
    flat = operands[0].batched or (count > 1 and operands[1].batched)
    if count == 1 and not flat:
        part = Part("matmul", operands)
    else:
        axes = ("pl", "lq" if q > 1 else "l", "pq" if q > 1 else "p") if count == 1 else ("cpl", "clq", "cpq")
        part = Part("contraction", operands, axes)
    nodes = group.nodes[order]
    return Step(layout.add("z", nodes), [part, *_terms_of(group, order, layout)])


def _terms_of(group: Group, order: Ints, layout: Layout) -> list[Part]:
    rest = group.rest[order.ravel()]
    return _terms(rest, order.shape, layout, None, False)
