"""Passes 2 and 3, order and group: nodes of one kind that are ready together are computed together, as one array."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from ..ops import Op
from .complete import completed_lists
from .flatten import Reductions, Sums
from .roll import roll
from .tape import Ints, Tape

FEW_TERMS = 3  # so many terms are added one by one; more are an array that is summed
MANY_ENTRIES = 16384  # so many entries, all filled up to one length, are worth an array for each length


class Group(NamedTuple):
    """Nodes that are computed as one array: equal operations, sums of left × right and of rest, or reductions.

    - `nodes`: the nodes.
    - `op`: their operation; None for sums.
    - `left`, `right`: of sums: the factors of the products, a row a node, with zeros at the end of shorter rows.
    - `rest`: of sums: the other terms, in the same form. Of reductions: their terms, and in shorter rows the first
      one again.
    """

    nodes: Ints
    op: Op | None = None
    left: Ints = None
    right: Ints = None
    rest: Ints = None


def groups(tape: Tape, sums: Sums, reductions: Reductions) -> Iterator[Group]:
    """Give all groups of a tape, arguments before results."""
    is_other = tape.is_op("add")
    is_other[sums.nodes] = is_other[reductions.nodes] = True
    single = np.flatnonzero((tape.code >= 0) & ~sums.absorbed & ~reductions.absorbed & ~is_other)
    products, terms, reduced = (np.diff(each) for each in (sums.products, sums.rest, reductions.starts))
    kinds = [
        *_kinds_of_operations(tape, single),
        *_kinds_of_sums(tape, sums, products, terms),
        *_kinds_of_reductions(tape, reductions),
    ]
    # What waits for what: each node, by its place in `nodes`, for each of its arguments.
    first_sum, first_reduction = len(single), len(single) + len(sums.nodes)
    operation, sum_ = np.arange(first_sum), np.arange(first_sum, first_reduction)
    columns = [column[single] for column in tape.args]
    users = [operation] * len(columns) + [np.repeat(sum_, count) for count in (products, products, terms)]
    users.append(np.repeat(np.arange(first_reduction, len(kinds)), reduced))
    arguments = [*columns, sums.left, sums.right, sums.terms, reductions.terms]
    nodes = np.concatenate([single, sums.nodes, reductions.nodes])
    agenda = Agenda(tape.size, nodes, np.concatenate(arguments), np.concatenate(users))
    for members in agenda.rounds(kinds):
        if members[0] < first_sum:
            yield Group(nodes[members], tape.ops[tape.code[nodes[members[0]]]])
        elif members[0] < first_reduction:
            yield from _groups_of_sums(tape, sums, members - first_sum)
        else:
            yield from _groups_of_reductions(tape, reductions, members - first_reduction)


class Grouped:
    """The groups of a tape, arguments before results.

    - `sums`: the sums of the tape.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape, self.sums, self._reductions = tape, Sums(tape), Reductions(tape)
        self._all: list[Group] | None = None  # once they have been counted

    def __iter__(self) -> Iterator[Group]:
        """Give all groups."""
        return groups(self._tape, self.sums, self._reductions) if self._all is None else iter(self._all)

    def are_more_than(self, number: int) -> bool:
        """Return whether there are more than so many; no further groups are looked for."""
        if self._all is None:
            first = list(islice(self, number + 1))
            if len(first) > number:
                return True
            self._all = first
        return len(self._all) > number


def _kinds_of_operations(tape: Tape, nodes: Ints) -> Iterator[Hashable]:
    """Give the kind of each operation: equal ones can be one array. A power's exponent belongs to its kind."""
    exponents = np.where(tape.is_power[nodes], tape.values[tape.y[nodes]], 0)
    columns = tape.code[nodes], *(tape.batched[column[nodes]] for column in tape.args), exponents
    return zip(*(column.tolist() for column in columns))


def _kinds_of_sums(tape: Tape, sums: Sums, products: Ints, terms: Ints) -> Iterator[Hashable]:
    """Give the kind of each sum: equal ones can be one array. `products` and `terms` count those of each sum."""
    has_products = products > 0
    columns = has_products, has_products * np.minimum(terms, FEW_TERMS + 1), tape.batched[sums.nodes]
    return zip(*(column.tolist() for column in columns))


def _kinds_of_reductions(tape: Tape, reductions: Reductions) -> Iterator[Hashable]:
    """Give the kind of each reduction: equal ones can be one array."""
    nodes = reductions.nodes
    return zip((tape.code[nodes] + len(tape.ops)).tolist(), tape.batched[nodes].tolist())


class Agenda:
    """Pass 2: the nodes in rounds, each of one kind and after what it needs.

    Of the kinds that are ready, a round takes the one that is least deep; of several, the one with most nodes. So
    nodes come together that a computation level by level would keep apart. (After Neubig, Goldberg and Dyer:
    On-the-fly operation batching in dynamic computation graphs, 2017.)
    """

    def __init__(self, size: int, nodes: Ints, arguments: Ints, users: Ints) -> None:
        """Find out what waits for what.

        - `size`: the number of nodes of the tape.
        - `nodes`: the nodes to order.
        - `arguments`: all their arguments, in any order.
        - `users`: for each of `arguments`, the place in `nodes` of the node that needs it.
        """
        place = np.full(size + 1, -1)
        place[nodes] = np.arange(len(nodes))
        source = place[arguments]
        source, users = source[source >= 0], users[source >= 0]
        counts = np.bincount(users, minlength=len(nodes))
        self._waiting = counts.tolist()  # for how many arguments each node waits
        self._ready = np.flatnonzero(counts == 0).tolist()
        ends = [0, *np.cumsum(np.bincount(source, minlength=len(nodes))).tolist()]
        ordered = users[np.argsort(source, kind="stable")].tolist()
        self._users = [ordered[start:end] for start, end in pairwise(ends)]
        # A sum of leaves that unlocks nothing by itself comes last: the penalty on all weights, after their layers.
        alone = np.bincount(source[counts[users] == 1], minlength=len(nodes)) == 0
        self._depth = np.where(alone & (counts == 0), len(nodes), 0).tolist()

    def rounds(self, kinds: Sequence[Hashable]) -> Iterator[Ints]:
        """Give the nodes of each round, as places in `nodes`; `kinds` are their kinds."""
        depth, arrived = self._depth, self._ready
        ready: defaultdict[Hashable, list[int]] = defaultdict(list)  # of each kind, the least deep one first
        while arrived or ready:
            for member in arrived:
                alike = ready[kinds[member]]
                alike.insert(0 if alike and depth[member] < depth[alike[0]] else len(alike), member)
            kind = min(ready, key=lambda kind: (depth[ready[kind][0]], -len(ready[kind])))
            members = ready.pop(kind)
            arrived = self._unlocked(members)
            yield np.sort(members)

    def _unlocked(self, members: list[int]) -> list[int]:
        """Return the nodes that wait for nothing once these are computed; they are deeper than what they need."""
        depth, waiting, unlocked = self._depth, self._waiting, []
        for member in members:
            level = depth[member] % len(depth) + 1
            for user in self._users[member]:
                waiting[user] -= 1
                if depth[user] < level:
                    depth[user] = level
                if not waiting[user]:
                    unlocked.append(user)
        return unlocked


def _groups_of_sums(tape: Tape, sums: Sums, members: Ints) -> Iterator[Group]:
    """Give sums of one kind, by their numbers, as few arrays: where they can be matrix products, as one.

    Where they cannot, a product alone is a product.
    """
    counts = np.diff(sums.products)[members]
    if counts.any() and (counts != counts[0]).any():
        group = _group_of_sums(tape, sums, members)
        lists = completed_lists(group.left, group.right, tape.size - 1, tape.first_input)
        if lists and roll(*lists):
            yield group._replace(left=lists[0], right=lists[1])
            return
    alone = sums.promoted[members]
    if alone.any():
        nodes = sums.nodes[members[alone]]
        yield Group(nodes, tape.ops[tape.code[nodes[0]]])
        members = members[~alone]
    if members.size:
        for part in _equal_lengths(members, np.diff(sums.products), np.diff(sums.rest)):
            yield _group_of_sums(tape, sums, part)


def _groups_of_reductions(tape: Tape, reductions: Reductions, members: Ints) -> Iterator[Group]:
    """Give reductions of one kind, by their numbers, as few arrays."""
    lengths = np.diff(reductions.starts)
    for part in _equal_lengths(members, np.zeros_like(lengths), lengths):
        places = np.arange(lengths[part].max())
        terms = reductions.terms[reductions.starts[part, None] + np.where(places < lengths[part, None], places, 0)]
        nodes = reductions.nodes[part]
        yield Group(nodes, tape.ops[tape.code[nodes[0]]], rest=terms)


def _equal_lengths(members: Ints, products: Ints, terms: Ints) -> Iterator[Ints]:
    """Give sums that become one array, by their numbers: all of them, filled up with zeros, or those of each length.

    `products` and `terms` count those of each sum.
    """
    lengths = defaultdict(list)
    for member in members.tolist():
        lengths[products[member], terms[member]].append(member)
    entries = len(members) * sum(map(max, zip(*lengths)))
    as_many_of_each = len({*map(len, lengths.values())}) == 1  # the rows of a triangle
    if len(lengths) > 2 and (entries < MANY_ENTRIES or (as_many_of_each and not products[members].any())):
        yield members
    else:
        yield from map(np.array, lengths.values())


def _group_of_sums(tape: Tape, sums: Sums, members: Ints) -> Group:
    """Return the group of these sums, given by their numbers."""

    def rows(starts: Ints, *columns: Ints) -> list[Ints]:
        places = starts[members, None] + np.arange(np.diff(starts)[members].max())
        beyond = places >= starts[members + 1, None]
        places[beyond] = 0
        return [np.where(beyond, tape.size - 1, column[places]) for column in columns]

    return Group(sums.nodes[members], None, *rows(sums.products, sums.left, sums.right), *rows(sums.rest, sums.terms))
