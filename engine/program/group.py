"""Passes 2 and 3, order and group: nodes of one kind that are ready together are computed together, as one array."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..ops import Op
from .flatten import Sums
from .tape import Ints, Tape

FEW = 3  # this many terms are added one by one; more are an array that is summed
MANY = 16384  # sums of different lengths that as rows of one length have as many entries are worth an array a length


class Group(NamedTuple):
    """Nodes of one array: of an operation, or sums of left × right and of rest, a row a node, zeros at its end."""

    nodes: Ints
    op: Op | None = None
    left: Ints = None
    right: Ints = None
    rest: Ints = None


def groups(tape: Tape, sums: Sums) -> Iterator[Group]:
    """All groups of a tape, arguments before results."""
    single = np.flatnonzero((tape.code >= 0) & ~sums.absorbed & ~tape.named("add"))
    x, y, products, terms = tape.x[single], tape.y[single], np.diff(sums.products), np.diff(sums.rest)
    exponents = np.where(tape.named("pow")[single], tape.values[y], 0)
    columns = tape.code[single], tape.batched[x], tape.batched[y], exponents
    of_sums = products > 0, (products > 0) * np.minimum(terms, FEW + 1), tape.batched[sums.nodes]
    kinds = [kind for keys in (columns, of_sums) for kind in zip(*(key.tolist() for key in keys))]

    numbers, summing = np.arange(len(single)), np.arange(len(single), len(kinds))
    users = [numbers, numbers, *(np.repeat(summing, count) for count in (products, products, terms))]
    nodes, arguments = np.concatenate([single, sums.nodes]), np.concatenate([x, y, sums.left, sums.right, sums.terms])
    for members in _agenda(tape.size, nodes, kinds, arguments, np.concatenate(users)):
        if members[0] < len(single):
            yield Group(nodes[members], tape.ops[tape.code[nodes[members[0]]]])
            continue
        lengths = defaultdict(list)
        for member in (members - len(single)).tolist():
            lengths[products[member], terms[member]].append(member)
        few = len(members) * sum(map(max, zip(*lengths))) < MANY
        parts = [members - len(single)] if len(lengths) > 2 and few else map(np.array, lengths.values())
        yield from (_sums(tape, sums, part) for part in parts)


def _agenda(size: int, nodes: Ints, kinds: Sequence[Hashable], arguments: Ints, users: Ints) -> Iterator[Ints]:
    """Pass 2: of the kinds that are ready, take all of the one that is least deep, of those the one with most nodes.

    `users` numbers, in `nodes`, who waits for each of `arguments`. Waiting so brings together what levels keep apart.
    (After Neubig, Goldberg and Dyer: On-the-fly operation batching in dynamic computation graphs, 2017.)
    """
    number = np.full(size + 1, -1)
    number[nodes] = np.arange(len(nodes))
    source = number[arguments]
    source, users = source[source >= 0], users[source >= 0]
    counts = np.bincount(users, minlength=len(nodes))
    ends = [0, *np.cumsum(np.bincount(source, minlength=len(nodes))).tolist()]
    ordered = users[np.argsort(source, kind="stable")].tolist()
    of = [ordered[start:end] for start, end in pairwise(ends)]
    ready: defaultdict[Hashable, list[int]] = defaultdict(list)
    # A sum of leaves that unlocks nothing by itself comes last: the penalty on all weights, after their layers.
    alone = np.bincount(source[counts[users] == 1], minlength=len(nodes)) == 0
    depth, waiting = np.where(alone & (counts == 0), len(nodes), 0).tolist(), counts.tolist()
    arrived = np.flatnonzero(counts == 0).tolist()
    while arrived or ready:
        for member in arrived:
            alike = ready[kinds[member]]  # the least deep one first
            alike.insert(0 if alike and depth[member] < depth[alike[0]] else len(alike), member)
        members, arrived = ready.pop(min(ready, key=lambda kind: (depth[ready[kind][0]], -len(ready[kind])))), []
        for member in members:
            level = depth[member] % len(nodes) + 1
            for user in of[member]:
                waiting[user] -= 1
                if depth[user] < level:
                    depth[user] = level
                if not waiting[user]:
                    arrived.append(user)
        yield np.sort(members)


def _sums(tape: Tape, sums: Sums, members: Ints) -> Group:
    def rows(offsets: Ints, *columns: Ints) -> list[Ints]:
        places = offsets[members, None] + np.arange(np.diff(offsets)[members].max())
        beyond = places >= offsets[members + 1, None]
        places[beyond] = 0
        return [np.where(beyond, tape.size - 1, column[places]) for column in columns]

    return Group(sums.nodes[members], None, *rows(sums.products, sums.left, sums.right), *rows(sums.rest, sums.terms))
