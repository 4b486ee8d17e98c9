"""Pass 1, flatten: chains of + become sums of many terms, and the products in them become dots.

An inner sum or a product that is used once, by a sum, disappears into it: what is left of a neuron is
one dot of weights and inputs, plus its bias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .tape import Ints, Tape


class Sums:
    """All sums of a tape: which node holds each, its products (left × right) and its other terms.

    `products` and `rest` are offsets: the products of sum number k are left[products[k]:products[k + 1]].
    `absorbed` marks the nodes that a sum has taken in.
    """

    def __init__(self, tape: Tape) -> None:
        add, size = tape.is_op("add"), tape.size
        uses = np.bincount(np.concatenate([tape.x[tape.x >= 0], tape.y[tape.y >= 0], tape.outputs]), minlength=size)
        owner = np.arange(size)
        adds = np.flatnonzero(add)
        term = np.stack([tape.x[adds], tape.y[adds]], 1).ravel()
        by = np.repeat(adds, 2)
        inner = add[term] & (uses[term] == 1)
        owner[term[inner]] = by[inner]
        while (owner[owner] != owner).any():
            owner = owner[owner]
        product = tape.is_op("mul")[term] & (uses[term] == 1)
        self.absorbed = np.zeros(size, bool)
        self.absorbed[term[inner | product]] = True

        self.nodes = np.flatnonzero(add & ~self.absorbed)
        place = np.empty(size, int)
        place[self.nodes] = np.arange(len(self.nodes))
        sum_of = place[owner[by]]
        order = np.argsort(sum_of, kind="stable")
        order = order[~inner[order]]
        term, sum_of, product = term[order], sum_of[order], product[order]
        self.left, self.right = tape.x[term[product]], tape.y[term[product]]
        self.terms = term[~product]
        self.products = _offsets(sum_of[product], len(self.nodes))
        self.rest = _offsets(sum_of[~product], len(self.nodes))


def _offsets(sum_of: Ints, count: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(sum_of, minlength=count))])


def levels(tape: Tape, absorbed: Ints) -> tuple[Ints, Ints, Ints]:
    """Pass 2: each node's level, one more than its deepest argument's; who has a batch axis, and who learns."""
    depth = np.zeros(tape.size, int).tolist()
    flags = [2] * tape.first_input + [1] * (tape.first_op - tape.first_input) + [0] * (tape.size - tape.first_op)
    span = slice(tape.first_op, tape.first_constant)
    x = tape.x[span]
    y = np.where(tape.y[span] < 0, x, tape.y[span])
    steps = 1 - absorbed[span]
    for node, (i, j, step) in enumerate(zip(x.tolist(), y.tolist(), steps.tolist()), tape.first_op):
        left, right = depth[i], depth[j]
        depth[node] = (left if left > right else right) + step
        flags[node] = flags[i] | flags[j]
    flag = np.array(flags)
    return np.array(depth), flag & 1 == 1, flag & 2 == 2
