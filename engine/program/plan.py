"""Plan: what each group becomes. Its nodes get an order and a shape in which they read views, where that can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ..naming import array_labels
from ..ops import OPERATORS, Op
from ..printer import layer_numbers
from .access import Access
from .codegen import Shape
from .group import FEW_TERMS, Group
from .parts import Part
from .roll import roll
from .tape import Ints

WORTH = 32  # so many numbers on the right side of dots are worth a matrix product, wherever they lie


class Assignment(NamedTuple):
    """A buffer to compute: its name, its nodes in its shape, and the parts that it is the sum of."""

    name: str
    nodes: Ints
    parts: list[Part]


def plan(groups: Iterable[Group], access: Access) -> Iterator[Assignment]:
    """Give for each group what computes it. The buffer must be laid out before the next one is asked for."""
    for group in groups:
        yield _assign_operation(group.nodes, group.op, access) if group.op else _assign_sum(group, access)


def _assign_operation(nodes: Ints, op: Op, access: Access) -> Assignment:
    """Return the assignment of equal operations."""
    arguments = [column[nodes] for column in access.tape.args[: op.arity]]
    order, shape = access.layout.arrange(*arguments)
    views = access.views(*(argument[order].reshape(shape) for argument in arguments))
    is_activation = op.arity == 1 and op.name not in OPERATORS and not op.detached
    nodes = nodes[order].reshape(shape)
    name = access.root_name(nodes)
    if not name:
        name = access.layout.activation_name(arguments[0]) if is_activation else access.layout.new_name("v")
    return Assignment(name, nodes, [Part(op, views, guarded=bool(access.tape.chosen[nodes].any()))])


def _assign_sum(group: Group, access: Access) -> Assignment:
    """Return the assignment of sums of dots and other terms."""
    parts, order, shape = _matrix_product(group, access) or _number_by_number(group, access)
    rest = group.rest[order].reshape(*shape, -1)
    terms = np.moveaxis(rest, -1, 0)
    if len(terms) > FEW_TERMS:
        parts.append(Part("total", [access.view(rest, full=True)]))
    else:
        views = [access.view(term) for term in terms] if parts else access.views(*terms)
        parts += [Part("term", [view]) for view in views]
    nodes = group.nodes[order].reshape(shape)
    return Assignment(access.root_name(nodes) or _sum_name(group, access), nodes, parts)


def _sum_name(group: Group, access: Access) -> str:
    """Return a name for sums: z and a number if they weigh numbers, else v and a number."""
    tape, layout = access.tape, access.layout
    left, right = group.left.ravel(), group.right.ravel()
    if tape.first_input:
        weights = np.concatenate([left[right >= tape.first_input], right[left >= tape.first_input]])
        weights = weights[weights < tape.first_input]
    else:  # all are constants
        weights = left[left >= tape.first_constant]
    if not weights.size:
        return layout.new_name("v")
    distinct = np.unique(weights[weights < tape.first_input]).tolist()
    return layout.sum_name(layer_numbers(array_labels(tape.labels[weight] for weight in distinct)))


def _matrix_product(group: Group, access: Access) -> tuple[list[Part], Ints, Shape] | None:
    """Return the dots of a group as one matrix product, their order and their shape; None if they are not one."""
    left, right = group.left, group.right
    if right.size <= FEW_TERMS:
        return None
    if right.size <= WORTH and len({*access.layout.buffer[right].flat}) > 1:
        return None
    if len(group.nodes) == 1 and left.max() >= access.tape.first_input:  # a lone dot without weights
        return None
    rolled = roll(left, right)
    if rolled is None:
        return None
    dots = rolled[0]
    if len(dots) > 1 and dots[0].size == 1:  # as many products as dots
        return None
    part, dots = _matrices(*rolled, access)
    return [part], dots.ravel(), dots.shape


def _number_by_number(group: Group, access: Access) -> tuple[list[Part], Ints, Shape]:
    """Return the dots of a group as products that are added up, their order and their shape."""
    left, right, rest = group.left, group.right, group.rest
    order, shape = access.layout.arrange(*([right[:, 0]] if right.size else rest.T[:FEW_TERMS]))
    left, right = (lists[order].reshape(*shape, -1) for lists in (left, right))
    if right.shape[-1] <= FEW_TERMS:
        if len(group.nodes) == 1 and left.size and right.min() >= access.tape.first_input:
            access.name_lists(left.ravel())
        pairs = zip(np.moveaxis(left, -1, 0), np.moveaxis(right, -1, 0))
        return [Part("product", access.views(*pair)) for pair in pairs], order, shape
    axes = "cpqr"[: right.ndim - 1]
    views = [access.view(lists, full=True) for lists in (left, right)]
    return [Part("dot", views, f"{axes}l {axes}l {axes}")], order, shape


def _matrices(dots: Ints, left: Ints, right: Ints, access: Access) -> tuple[Part, Ints]:
    """Return a matrix product, its lists in the order in which the right ones lie, and the dots in its shape.

    - `dots`, `left`, `right`: what `roll` gives.
    - `access`: gives the views of both sides.
    """
    within = access.layout.arrange(right[0, :, 0])[0]
    left, right = left[:, :, within], right[:, within]
    if len(dots) == 1:
        across = access.layout.arrange(right[0, 0])[0]
        left, right, dots = left[0], right[0][:, across], dots[0][:, across]
    axes = "cpl clq cpq" if dots.ndim == 3 else "pl lq pq"
    if dots.shape[-1] == 1:
        right, dots, axes = right[..., 0], dots[..., 0], axes.replace("q", "")
    views = [access.view(left, full=True, matrix=left.ndim == 2), access.view(right, full=True)]
    if not views[0].flat:
        kind = "contraction"
    elif right.ndim == 2:
        kind = "matrix by matrix"
    else:
        kind = "matrix by vector" if len(left) > 1 else "row by vector"
    return Part(kind, views, axes), dots
