"""Plan: what each group becomes. Its nodes get an order and a shape in which they read views, where that can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ..naming import array_labels
from ..ops import OPERATORS, Op
from ..printer import layer_numbers
from .access import Access
from .complete import full_column
from .group import FEW_TERMS, Group
from .layout import INPUTS
from .parts import Part
from .roll import roll
from .tape import Ints, distinct
from .view import View

WORTH = 32  # so many numbers on the right side of dots are worth a matrix product, wherever they lie


class Assignment(NamedTuple):
    """A buffer to compute.

    - `name`: its name.
    - `nodes`: its nodes in its shape; a hole repeats the number of another node.
    - `parts`: the parts that it is the sum of.
    - `real`: where it has holes: whether an entry is none.
    """

    name: str
    nodes: Ints
    parts: list[Part]
    real: Ints | None = None


class Order(NamedTuple):
    """The order of a group's nodes in its buffer.

    - `members`: the place in the group of each entry's node, in the shape of the buffer.
    - `real`: where there are holes: whether an entry is none.
    """

    members: Ints
    real: Ints | None = None


def plan(groups: Iterable[Group], access: Access) -> Iterator[Assignment]:
    """Give for each group what computes it. The buffer must be laid out before the next one is asked for."""
    for group in groups:
        if not group.op:
            yield _assign_sum(group, access)
        elif group.rest is not None:
            yield _assign_reduction(group.nodes, group.op, group.rest, access)
        else:
            yield _assign_operation(group.nodes, group.op, access)


def _assign_operation(nodes: Ints, op: Op, access: Access) -> Assignment:
    """Return the assignment of equal operations."""
    arguments = [column[nodes] for column in access.tape.args[: op.arity]]
    order = _arranged(access, *arguments)
    views = access.views(*(argument[order.members] for argument in arguments), real=order.real)
    is_activation = op.arity == 1 and op.name not in OPERATORS and not op.detached
    nodes = nodes[order.members]
    name = access.root_name(nodes)
    if not name:
        name = access.layout.activation_name(arguments[0]) if is_activation else access.layout.new_name("v")
    return Assignment(name, nodes, [Part(op, views, guarded=bool(access.tape.chosen[nodes].any()))], order.real)


def _assign_reduction(nodes: Ints, op: Op, terms: Ints, access: Access) -> Assignment:
    """Return the assignment of the largest, or the smallest, of some terms, a row of them for each node."""
    name = access.root_name(nodes) or access.layout.new_name("v")
    if len(nodes) == 1:
        (terms,) = access.layout.in_order(terms)
        return Assignment(name, nodes, [Part(f"lone {op.reduction}", [access.view(terms[0], full=True)])])
    order = _arranged(access, *terms.T[:FEW_TERMS])
    terms = terms[order.members]
    holes = terms != terms[..., :1]
    holes[..., 0] = True
    view = access.view(terms, full=True, real=holes)
    return Assignment(name, nodes[order.members], [Part(op.reduction, [view])], order.real)


def _assign_sum(group: Group, access: Access) -> Assignment:
    """Return the assignment of sums of dots and other terms."""
    totals = _row_totals(group, access)
    if totals:
        return totals
    parts, order = _matrix_product(group, access) or _number_by_number(group, access)
    rest = group.rest[order.members]
    terms = np.moveaxis(rest, -1, 0)
    if len(terms) > FEW_TERMS:
        lone = rest.shape[:-1] == (1,)
        if lone:
            (rest,) = access.layout.in_order(rest)
        parts.append(_total(access.view(rest[0] if lone else rest, full=True), lone))
    else:
        views = (
            [access.view(term, real=order.real) for term in terms] if parts else access.views(*terms, real=order.real)
        )
        parts += [Part("term", [view]) for view in views]
    nodes = group.nodes[order.members]
    return Assignment(access.root_name(nodes) or _sum_name(group, access), nodes, parts, order.real)


def _arranged(access: Access, *arguments: Ints) -> Order:
    """Return the order for operations on these arguments: that of a buffer with holes, or as `arrange` gives it."""
    holed = access.layout.with_holes(*arguments)
    if holed:
        return Order(*holed)
    order, shape = access.layout.arrange(*arguments)
    return Order(order.reshape(shape))


def _row_totals(group: Group, access: Access) -> Assignment | None:
    """Return sums of the rows of a buffer with holes; None for other sums.

    A row of one entry needs no sum, but gets one: so the sums are a complete array, which later rows are divided by.
    """
    rest = group.rest
    if group.right.size or rest.shape[1] <= FEW_TERMS:
        return None
    rows = access.layout.rows_with_holes(rest, rest != access.tape.size - 1)
    if rows is None:
        return None
    which, single = rows
    real = which >= 0
    nodes = np.where(real, group.nodes[which], single)
    part = _total(access.rows(access.layout.buffer[rest[0, 0]]))
    return Assignment(access.layout.new_name("v"), nodes, [part], None if real.all() else real)


def _total(view: View, lone: bool = False) -> Part:
    """Return the sums over the last axis of a view, or `lone` the sum of a list."""
    return Part("lone total" if lone else "masked total" if view.masked else "total", [view])


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
    named = distinct(weights[weights < tape.first_input]).tolist()
    return layout.sum_name(layer_numbers(array_labels(tape.labels[weight] for weight in named)))


def _matrix_product(group: Group, access: Access) -> tuple[list[Part], Order] | None:
    """Return the dots of a group as one matrix product, and their order; None if they are not one."""
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
    if len(dots) == 1 and 1 in dots.shape[1:] and left.shape[-1] == 1 and not access.is_flat(rolled[1][0]):
        return None  # all numbers of a list times one: no matrix of weights
    zero = access.tape.size - 1
    access.lines.has_zeros |= bool((left == zero).any() or (right == zero).any())
    parts, dots = _matrices(*rolled, group.nodes, access)
    real = dots >= 0
    if real.all():
        return parts, Order(dots)
    column = full_column(real)
    assert column is not None
    filled = parts[0]._replace(filled=(access.lines.mask(real), column))
    return [filled], Order(np.where(real, dots, dots[..., column : column + 1]), real)


def _number_by_number(group: Group, access: Access) -> tuple[list[Part], Order]:
    """Return the dots of a group as products that are added up, and their order."""
    left, right, rest = group.left, group.right, group.rest
    if right.size:
        is_one = (right[:, 0] == right[0, 0]).all()  # number that all are multiplied by
        order = _arranged(access, (left if is_one else right)[:, 0])
    else:
        order = _arranged(access, *rest.T[:FEW_TERMS])
    left, right = (lists[order.members] for lists in (left, right))
    if right.shape[-1] <= FEW_TERMS:
        if len(group.nodes) == 1 and left.size and right.min() >= access.tape.first_input:
            access.name_lists(left.ravel())
        pairs = zip(np.moveaxis(left, -1, 0), np.moveaxis(right, -1, 0))
        return [Part("product", access.views(*pair, real=order.real)) for pair in pairs], order
    if right.shape[:-1] == (1,):
        left, right = access.layout.in_order(left, right)
        return [Part("lone dot", [access.view(lists[0], full=True) for lists in (left, right)])], order
    axes = "cpqr"[: right.ndim - 1]
    views = [access.view(lists, full=True) for lists in (left, right)]
    return [Part("dot", views, f"{axes}l {axes}l {axes}")], order


def _matrices(dots: Ints, left: Ints, right: Ints, nodes: Ints, access: Access) -> tuple[list[Part], Ints]:
    """Return a matrix product, its lists in the order in which the right ones lie, and the dots in its shape.

    - `dots`, `left`, `right`: what `roll` gives.
    - `nodes`: the node that each dot is part of.
    - `access`: gives the views of both sides.
    """
    within = access.layout.arrange(right[0, :, 0])[0]
    left, right = left[:, :, within], right[:, within]
    if len(dots) == 1:
        across = access.layout.arrange(right[0, 0])[0]
        left, right, dots = left[0], right[0][:, across], dots[0][:, across]
        down = _alike_together(access.tape.roles[nodes[dots.max(1)]])
        left, dots = left[down], dots[down]
    axes = "cpl clq cpq" if dots.ndim == 3 else "pl lq pq"
    if dots.shape[-1] == 1:
        right, dots, axes = right[..., 0], dots[..., 0], axes.replace("q", "")
    two = _input_and_state(left, right, access) if (dots >= 0).all() else None
    if two:
        return two, dots
    if left.ndim > 2 or not access.is_flat(left):
        *names, result = axes.split()
        views, letters = zip(*(access.unordered(nodes, name) for nodes, name in zip((left, right), names)))
        return [Part("contraction", [*views], " ".join([*letters, result]))], dots
    matrix = access.view(left, full=True, matrix=True)
    if right.ndim == 2:
        return [Part("matrix by matrix", [matrix, access.columns(right)], axes)], dots
    kind = "matrix by vector" if len(left) > 1 else "row by vector"
    return [Part(kind, [matrix, access.view(right, full=True)], axes)], dots


def _input_and_state(left: Ints, right: Ints, access: Access) -> list[Part] | None:
    """Return W · x + U · h, where a matrix weighs inputs and a list of other nodes; None for another product."""
    if right.ndim != 1 or left.ndim != 2 or len(left) == 1:
        return None
    inputs = int((access.layout.buffer[right] == INPUTS).sum())  # which stand first
    if not inputs or len(right) - inputs < 2 or right[:inputs].max() >= access.tape.first_op:
        return None
    sides = (left[:, :inputs], right[:inputs]), (left[:, inputs:], right[inputs:])
    if not all(access.layout.block(nodes) for _, nodes in sides) or not all(
        access.is_flat(side) for side, _ in sides
    ):
        return None
    return [
        Part("matrix by vector", [access.view(side, full=True, matrix=True), access.view(nodes, full=True)], "pl l p")
        for side, nodes in sides
    ]


def _alike_together(roles: Ints) -> Ints:
    """Return the order in which equal roles stand together, those first that come first.

    Queries and keys may come together from one layer, one by one: so each are a matrix.
    """
    first = dict.fromkeys(roles.tolist())
    rank = {role: place for place, role in enumerate(first)}
    return np.argsort([rank[role] for role in roles.tolist()], kind="stable")
