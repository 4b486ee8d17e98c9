"""Groups as steps: each is one array, with the parts that it is the sum of and what each part reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..ops import OPERATORS
from .group import FEW
from .roll import roll

if TYPE_CHECKING:
    from ..ops import Op
    from .group import Group
    from .layout import Array, Layout, Operand
    from .roll import Matrices
    from .tape import Ints


class Part(NamedTuple):
    """A term of a step: a row of the table, or a kind of `emit.PARTS` with what its text needs."""

    kind: Op | str
    operands: list[Operand]
    fields: dict[str, Any] = {}  # noqa: RUF012 - never written to


class Step(NamedTuple):
    array: Array
    parts: list[Part]


def plan(groups: list[Group], layout: Layout) -> list[Step]:
    """One step a group, in order."""
    return [_operation(group, group.op, layout) if group.op else _sum(group, layout) for group in groups]


def _operation(group: Group, op: Op, layout: Layout) -> Step:
    arguments = [layout.tape.x[group.nodes], layout.tape.y[group.nodes]][: op.arity]
    order, shape = layout.arrange(*arguments)
    operands = layout.operands(*(nodes[order].reshape(shape) for nodes in arguments))
    letter = "h" if op.arity == 1 and op.name not in OPERATORS else "v"
    return Step(layout.add(letter, group.nodes[order].reshape(shape), operands), [Part(op, operands)])


def _sum(group: Group, layout: Layout) -> Step:
    nodes, _, left, right, rest, cuts = group
    order, shape = np.arange(len(nodes)), nodes.shape
    parts: list[Part] = []
    if cuts[0] is not None or cuts[1] is not None:
        parts = _products(left, right, shape, layout, cuts[0]) if right.size else []
    else:
        worth = right.size > 32 or (right.size > FEW and (layout.array[right] == layout.array[right[0, 0]]).all())
        rolled = roll(left, right) if worth else None
        if rolled and (len(rolled.dots) == 1 or rolled.dots[0].size > 1):
            part, order = _matrices(rolled, layout)
            parts, shape = [part], order.shape
        else:
            order, shape = layout.arrange(*([right[:, 0]] if right.size else rest.T[:FEW]))
            parts = _products(left[order], right[order], shape, layout)
        rest = rest[order.ravel()]
    if cuts[1] is not None:
        parts.append(Part("segments", [layout.operand(rest, full=True)], _segments(cuts[1], len(rest))))
    elif rest.shape[1] > FEW:
        new = {"axis": len(shape), "new": ":, " * len(shape) + "None"}
        parts.append(Part("total", [layout.operand(rest.reshape(*shape, -1), full=True)], new))
    else:
        columns = [column.reshape(shape) for column in rest.T]
        terms = [layout.operand(column) for column in columns] if parts else layout.operands(*columns)
        parts += [Part("term", [term]) for term in terms]
    operands = [operand for part in parts for operand in part.operands]
    return Step(layout.add("z", nodes[order].reshape(shape), operands), parts)


def _products(left: Ints, right: Ints, shape: tuple[int, ...], layout: Layout, cuts: Ints = None) -> list[Part]:
    if cuts is not None:
        return [
            Part(
                "segments of products",
                [layout.operand(left, full=True), layout.operand(right, full=True)],
                _segments(cuts, len(left)),
            )
        ]
    if right.shape[1] > FEW:
        operands = [layout.operand(lists.reshape(*shape, -1), full=True) for lists in (left, right)]
        axes = "cpqr"[: len(shape)]
        return [Part("contraction", operands, {"a": f"{axes}l", "b": f"{axes}l", "o": axes})]
    pairs = zip(left.T, right.T)
    return [Part("product", layout.operands(*(side.reshape(shape) for side in pair))) for pair in pairs]


def _segments(cuts: Ints, count: int) -> dict[str, Any]:
    return {"cuts": cuts, "at": np.repeat(np.arange(len(cuts)), np.diff([*cuts, count]))}


def _matrices(rolled: Matrices, layout: Layout) -> tuple[Part, Ints]:
    """A matrix product, its lists in the order in which the right ones lie; and the dots in its shape."""
    dots, left, right = rolled
    within = layout.arrange(right[0, :, 0])[0]
    left, right = left[:, :, within], right[:, within]
    if len(dots) == 1:
        across = layout.arrange(right[0, 0])[0]
        left, right, dots = left[0], right[0][:, across], dots[0][:, across]
    a, b, o = ("cpl", "clq", "cpq") if dots.ndim == 3 else ("pl", "lq", "pq")
    if dots.shape[-1] == 1:
        right, dots, b, o = right[..., 0], dots[..., 0], b[:-1], o[:-1]
    operands = [layout.operand(left, full=True), layout.operand(right, full=True)]
    if a != "pl" or not (operands[0].array and operands[0].array.flat):
        return Part("contraction", operands, {"a": a, "b": b, "o": o}), dots
    fields = {"l": len(right), "p": len(left), "q": right.shape[-1]}
    return Part("matrix by vector" if right.ndim == 1 else "matrix by matrix", operands, fields), dots
