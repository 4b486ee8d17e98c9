"""Pass 3, group: nodes of equal level, operation and arity are computed together, as one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ..ops import Op
    from .flatten import Sums
    from .tape import Ints, Tape

FEW = 3  # this many terms are added one by one; more are summed as an array


class Group(NamedTuple):
    """Nodes of one level that are one array: an operation of the table, or (op None) sums.

    A sum has `left` × `right` products, one row a node, and `rest` terms, one row a node. Ragged sums of
    different lengths hold their products and terms in one row, and where each node's begin.
    """

    nodes: Ints
    op: Op | None = None
    left: Ints | None = None
    right: Ints | None = None
    rest: Ints | None = None
    starts: tuple[Ints | None, Ints | None] = (None, None)


def groups(tape: Tape, sums: Sums, depth: Ints, batched: Ints, learns: Ints) -> list[Group]:
    """All groups of a tape, arguments before results."""
    rank = (batched * 2 + (depth > 0)) * 2 + ~learns  # weights to the left, what they weigh to the right
    swap = rank[sums.left] > rank[sums.right]
    sums.left[swap], sums.right[swap] = sums.right[swap], sums.left[swap]

    depth = _late(tape, sums, depth)
    found = []
    nodes = np.flatnonzero((tape.code >= 0) & ~sums.absorbed & ~tape.is_op("add"))
    x, y = tape.x[nodes], tape.y[nodes]
    exponent = np.zeros(len(nodes), int)
    constant = tape.is_op("pow")[nodes] & (y >= tape.first_constant)
    powers = np.array(tape.constants)[y[constant] - tape.first_constant] if constant.any() else []
    exponent[constant] = 1 + np.unique(powers, return_inverse=True)[1]
    for members in _split(depth[nodes], tape.code[nodes], batched[x], batched[y] & (y >= 0), y < 0, exponent):
        op = tape.ops[tape.code[nodes[members[0]]]]
        found.append(Group(nodes[members], op))

    products, terms = np.diff(sums.products), np.diff(sums.rest)
    for members in _split(depth[sums.nodes], products > 0, np.minimum(terms, FEW + 1), batched[sums.nodes]):
        same = _split(products[members], terms[members])
        if len(same) <= 2:
            found += [_sums(sums, members[part]) for part in same]
        else:
            found.append(_ragged(sums, members))
    return sorted(found, key=lambda group: int(depth[group.nodes[0]]))


def _late(tape: Tape, sums: Sums, depth: Ints) -> Ints:
    """Depths in which sums of leaves come as late as they may: a penalty on all weights after the layers that shape them."""
    needed = np.full(tape.size, tape.size)
    plain = (tape.code >= 0) & ~sums.absorbed & ~tape.is_op("add")
    for argument in (tape.x, tape.y):
        used = plain & (argument >= 0)
        np.minimum.at(needed, argument[used], depth[used])
    for offsets, arguments in ((sums.products, sums.left), (sums.products, sums.right), (sums.rest, sums.terms)):
        np.minimum.at(needed, arguments, np.repeat(depth[sums.nodes], np.diff(offsets)))
    first = (depth == 1) & (needed < tape.size)
    return np.where(first, np.maximum(needed - 1, 1), depth)


def _split(*keys: Ints) -> list[Ints]:
    """Positions of equal keys, as one array of ascending positions for each distinct key."""
    if not len(keys[0]):
        return []
    order = np.lexsort(keys[::-1])
    change = np.zeros(len(order) - 1, bool)
    for key in keys:
        change |= np.diff(np.asarray(key)[order].astype(int)) != 0
    return np.split(order, np.flatnonzero(change) + 1)


def _sums(sums: Sums, members: Ints) -> Group:
    def rows(offsets: Ints) -> Ints:
        first = members[0]
        return offsets[members][:, None] + np.arange(offsets[first + 1] - offsets[first])

    pairs, rest = rows(sums.products), rows(sums.rest)
    return Group(sums.nodes[members], None, sums.left[pairs], sums.right[pairs], sums.terms[rest])


def _ragged(sums: Sums, members: Ints) -> Group:
    def spans(offsets: Ints) -> tuple[Ints, Ints | None]:
        begin, length = offsets[members], offsets[members + 1] - offsets[members]
        starts = np.cumsum(length) - length
        places = np.repeat(begin - starts, length) + np.arange(length.sum())
        return places, starts if (length != length[0]).any() else None

    pairs, product_starts = spans(sums.products)
    rest, rest_starts = spans(sums.rest)
    count = len(members)
    left, right, terms = sums.left[pairs], sums.right[pairs], sums.terms[rest]
    if product_starts is None:
        left, right = left.reshape(count, -1), right.reshape(count, -1)
    if rest_starts is None:
        terms = terms.reshape(count, -1)
    return Group(sums.nodes[members], None, left, right, terms, (product_starts, rest_starts))
