"""Passes 2 and 3, order and group: nodes of one kind that are ready together are computed together, as one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ..ops import Op
    from .flatten import Sums
    from .tape import Ints, Tape

FEW = 3  # this many terms are added one by one; more are an array that is summed
MANY = 4096  # products and terms: sums of different lengths that have as many are worth an array a length


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


def groups(tape: Tape, sums: Sums, batched: Ints) -> list[Group]:
    """All groups of a tape, arguments before results."""
    # Weights stand to the left of what they weigh.
    rank = batched * 4 + (tape.code >= 0) * 2 + (np.arange(tape.size) >= tape.first_input)
    swap = rank[sums.left] > rank[sums.right]
    sums.left[swap], sums.right[swap] = sums.right[swap], sums.left[swap]

    nodes = np.flatnonzero((tape.code >= 0) & ~sums.absorbed & ~tape.named("add"))
    x, y = tape.x[nodes], tape.y[nodes]
    constant = tape.named("pow")[nodes] & (y >= tape.first_constant)
    exponent = np.zeros(len(nodes))
    exponent[constant] = np.array(tape.constants)[y[constant] - tape.first_constant] if constant.any() else 0
    alike = _split(tape.code[nodes], batched[x], batched[y] & (y >= 0), constant, exponent)
    products, terms = np.diff(sums.products), np.diff(sums.rest)
    summed = _split(products > 0, np.minimum(terms, FEW + 1) * (products > 0), batched[sums.nodes])
    kind = np.empty(len(nodes) + len(sums.nodes), int)
    for number, same in enumerate([*alike, *(len(nodes) + each for each in summed)]):
        kind[same] = number

    single, summing = np.arange(len(nodes)), np.arange(len(nodes), len(kind))
    by = [single, single, *(np.repeat(summing, count) for count in (products, products, terms))]
    found = []
    for batch in _agenda(
        tape, np.concatenate([nodes, sums.nodes]), kind, [x, y, sums.left, sums.right, sums.terms], by
    ):
        if batch[0] < len(nodes):
            found.append(Group(nodes[batch], tape.ops[tape.code[nodes[batch[0]]]]))
            continue
        members = batch - len(nodes)
        of_length = [members[same] for same in _split(products[members], terms[members])]
        ragged = len(of_length) > 2 and products[members].sum() + terms[members].sum() < MANY
        found += [_sums(sums, part) for part in ([members] if ragged else of_length)]
    return found


def _agenda(tape: Tape, nodes: Ints, kind: Ints, arguments: list[Ints], by: list[Ints]) -> list[Ints]:
    """Pass 2: of the kinds that are ready, take all of the one that is least deep, of those the one with most nodes.

    `arguments` are the nodes that members, numbered in `by`, wait for. Waiting like this brings together what plain
    levels keep apart. (After Neubig, Goldberg and Dyer: On-the-fly operation batching in dynamic computation
    graphs, 2017, whose agenda goes by the average depth.)
    """
    of = np.full(tape.size + 1, -1)
    of[nodes] = np.arange(len(nodes))
    source, user = of[np.concatenate(arguments)], np.concatenate(by)
    source, user = source[source >= 0], user[source >= 0]
    waiting = np.bincount(user, minlength=len(nodes)).tolist()
    ends = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(nodes)))]).tolist()
    users, kinds = user[np.argsort(source, kind="stable")].tolist(), kind.tolist()
    ready: dict[int, list[int]] = {}
    depth = [0] * len(nodes)
    for member in np.flatnonzero(np.array(waiting) == 0).tolist():
        ready.setdefault(kinds[member], []).append(member)
        # A sum of leaves that unlocks nothing by itself comes last: the penalty on all weights, after their layers.
        if all(waiting[each] > 1 for each in users[ends[member] : ends[member + 1]]):
            depth[member] = len(nodes)
    batches = []
    while ready:
        batch = ready.pop(min(ready, key=lambda each: (min(map(depth.__getitem__, ready[each])), -len(ready[each]))))
        batches.append(np.sort(batch))
        for member in batch:
            level = depth[member] % len(nodes)
            for each in users[ends[member] : ends[member + 1]]:
                waiting[each] -= 1
                if depth[each] <= level:
                    depth[each] = level + 1
                if not waiting[each]:
                    ready.setdefault(kinds[each], []).append(each)
    return batches


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
