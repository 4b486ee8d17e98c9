"""Pass 3, group: nodes of equal level, operation and arity are computed together, as one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ..ops import Op
    from .flatten import Sums
    from .tape import Ints, Tape

FEW = 3  # this many terms are added one by one; more are an array that is summed


class Group(NamedTuple):
    """Nodes that are one array: an operation of the table, or (op None) sums of left × right and of rest.

    `left`, `right` and `rest` have a row a node; or, where the rows differ in length, all rows in one, and in
    `cuts` where each begins.
    """

    nodes: Ints
    op: Op | None = None
    left: Ints = None
    right: Ints = None
    rest: Ints = None
    cuts: tuple[Ints, Ints] = (None, None)


def groups(tape: Tape, sums: Sums, depth: Ints, batched: Ints, learns: Ints) -> list[Group]:
    """All groups of a tape, arguments before results."""
    rank = batched * 4 + (depth > 0) * 2 + ~learns  # weights stand to the left of what they weigh
    swap = rank[sums.left] > rank[sums.right]
    sums.left[swap], sums.right[swap] = sums.right[swap], sums.left[swap]

    nodes = np.flatnonzero((tape.code >= 0) & ~sums.absorbed & ~tape.named("add"))
    depth = _late(tape, sums, depth, nodes)
    x, y = tape.x[nodes], tape.y[nodes]
    constant = tape.named("pow")[nodes] & (y >= tape.first_constant)
    exponent = np.zeros(len(nodes))
    exponent[constant] = np.array(tape.constants)[y[constant] - tape.first_constant] if constant.any() else 0
    keys = depth[nodes], tape.code[nodes], batched[x], batched[y] & (y >= 0), constant, exponent
    found = [Group(nodes[same], tape.ops[tape.code[nodes[same[0]]]]) for same in _split(*keys)]

    products, terms = np.diff(sums.products), np.diff(sums.rest)
    for alike in _split(depth[sums.nodes], products > 0, np.minimum(terms, FEW + 1), batched[sums.nodes]):
        of_length = [alike[same] for same in _split(products[alike], terms[alike])]
        found += [_sums(sums, members) for members in (of_length if len(of_length) <= 2 else [alike])]
    return sorted(found, key=lambda group: int(depth[group.nodes[0]]))


def _late(tape: Tape, sums: Sums, depth: Ints, nodes: Ints) -> Ints:
    """Depths that put sums of leaves as late as they may be: a penalty on all weights, after their layers."""
    needed = np.full(tape.size, tape.size)
    for argument in (tape.x, tape.y):
        np.minimum.at(needed, argument[nodes[argument[nodes] >= 0]], depth[nodes[argument[nodes] >= 0]])
    for offsets, arguments in ((sums.products, sums.left), (sums.products, sums.right), (sums.rest, sums.terms)):
        np.minimum.at(needed, arguments, np.repeat(depth[sums.nodes], np.diff(offsets)))
    return np.where((depth == 1) & (needed < tape.size), np.maximum(needed - 1, 1), depth)


def _split(*keys: Ints) -> list[Ints]:
    """The positions of each distinct combination of keys, ascending."""
    if not len(keys[0]):
        return []
    order = np.lexsort(keys[::-1])
    change = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    return np.split(order, np.flatnonzero(change) + 1)


def _sums(sums: Sums, members: Ints) -> Group:
    def rows(offsets: Ints, *columns: Ints) -> tuple[Ints, ...]:
        length = np.diff(offsets)[members]
        cuts = np.cumsum(length) - length
        places = np.repeat(offsets[members] - cuts, length) + np.arange(length.sum())
        if (length == length[0]).all():
            places, cuts = places.reshape(len(members), -1), None
        return (*(column[places] for column in columns), cuts)

    left, right, products = rows(sums.products, sums.left, sums.right)
    rest, terms = rows(sums.rest, sums.terms)
    return Group(sums.nodes[members], None, left, right, rest, (products, terms))
