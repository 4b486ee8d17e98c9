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
    return Step(layout.add(letter, group.nodes[order].reshape(shape)), [Part(op, operands)])


def _sum(group: Group, layout: Layout) -> Step:
    nodes, _, left, right, rest, cuts = group
    order, shape, parts = np.arange(len(nodes)), nodes.shape, []
    if cuts[0] is None and cuts[1] is None:
        rolled = None
        if right.size > FEW and (layout.array[right] == layout.array[right[0, 0]]).all():
            rolled = roll(left, right)
        if rolled and (len(rolled.dots) == 1 or rolled.dots[0].size > 1):
            part, order = _matrices(rolled, layout)
            shape, parts = order.shape, [part]
        else:
            order, shape = layout.arrange(*([right[:, 0]] if right.size else rest.T[:FEW]))
            parts = _products(left[order], right[order], shape, layout)
        rest = rest[order.ravel()]
    elif right.size:
        parts = _products(left, right, shape, layout, cuts[0])
    parts += _terms(rest, shape, layout, cuts[1], not parts)
    return Step(layout.add("z", nodes[order].reshape(shape)), parts)


def _products(left: Ints, right: Ints, shape: tuple[int, ...], layout: Layout, cuts: Ints = None) -> list[Part]:
    if cuts is not None:
        return [Part("segments of products", [layout.operand(left), layout.operand(right)], _segments(cuts, len(left)))]
    if right.shape[1] > FEW:
        operands = [layout.operand(lists.reshape(*shape, -1)) for lists in (left, right)]
        axes = "cpqr"[: len(shape)]
        return [_contraction(operands, f"{axes}l", f"{axes}l", axes)]
    pairs = zip(left.T, right.T)
    return [Part("product", layout.operands(*(side.reshape(shape) for side in pair))) for pair in pairs]


def _terms(rest: Ints, shape: tuple[int, ...], layout: Layout, cuts: Ints, alone: bool) -> list[Part]:
    if cuts is not None:
        return [Part("segments", [layout.operand(rest)], _segments(cuts, len(rest)))]
    if rest.shape[1] > FEW:
        axis = len(shape)
        return [Part("total", [layout.operand(rest.reshape(*shape, -1))], {"axis": axis, "new": ":, " * axis + "None"})]
    read = layout.operands if alone else lambda column: [layout.operand(column)]
    return [Part("term", read(column.reshape(shape))) for column in rest.T]


def _segments(cuts: Ints, count: int) -> dict[str, Any]:
    return {"cuts": cuts, "at": np.repeat(np.arange(len(cuts)), np.diff([*cuts, count]))}


def _contraction(operands: list[Operand], *axes: str) -> Part:
    batched = [operand.batched for operand in operands]
    return Part("contraction", operands, dict(zip("abo", (a + "b" * b for a, b in zip(axes, [*batched, any(batched)])))))


def _matrices(rolled: Matrices, layout: Layout) -> tuple[Part, Ints]:
    """A matrix product, its lists in the order in which the right ones lie; and the dots in its shape."""
    dots, left, right = rolled
    within = layout.arrange(right[0, :, 0])[0]
    left, right = left[:, :, within], right[:, within]
    if len(dots) > 1:
        return _contraction([layout.operand(left), layout.operand(right)], "cpl", "clq", "cpq"), dots
    across = layout.arrange(right[0, 0])[0]
    left, right, dots = left[0], right[0][:, across], dots[0][:, across]
    if dots.shape[1] == 1:
        right, dots = right[:, 0], dots[:, 0]
    operands = [layout.operand(left), layout.operand(right)]
    if operands[0].batched:
        return _contraction(operands, "pl", "lq"[: right.ndim], "pq"[: right.ndim]), dots
    fields = {"l": len(right), "p": len(left), "q": right.shape[-1]}
    kind = ["matrix by vector", "matrix by matrix", "matrix by rows", "matrix by matrices"]
    return Part(kind[2 * operands[1].batched + right.ndim - 1], operands, fields), dots
