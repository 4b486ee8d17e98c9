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
    """All sums of a tape: the node that holds each, its products left × right, and its other terms.

    Sum number k has the products `products[k]` to `products[k + 1]`, and likewise `rest` of `terms`.
    `absorbed` marks the nodes that a sum has taken in, and `into` tells which node that sum is.
    """

    def __init__(self, tape: Tape) -> None:
        add = tape.named("add")
        arguments = np.concatenate([tape.x[tape.x >= 0], tape.y[tape.y >= 0], tape.outputs])
        once = np.bincount(arguments, minlength=tape.size) == 1
        adds = np.flatnonzero(add)
        term, by = np.stack([tape.x[adds], tape.y[adds]], 1).ravel(), np.repeat(adds, 2)
        inner, product = add[term] & once[term], tape.named("mul")[term] & once[term]
        owner = np.arange(tape.size)
        owner[term[inner | product]] = by[inner | product]
        while (owner[owner] != owner).any():
            owner = owner[owner]
        self.into, self.absorbed = owner, owner != np.arange(tape.size)

        self.nodes = np.flatnonzero(add & ~self.absorbed)
        number = np.searchsorted(self.nodes, owner[by])
        order = np.argsort(number, kind="stable")
        order = order[~inner[order]]
        term, number, product = term[order], number[order], product[order]
        self.left, self.right, self.terms = tape.x[term[product]], tape.y[term[product]], term[~product]
        counts = [np.bincount(number[which], minlength=len(self.nodes)) for which in (product, ~product)]
        self.products, self.rest = (np.concatenate([[0], np.cumsum(count)]) for count in counts)


def batched(tape: Tape) -> Ints:
    """Which nodes differ from row to row, for an input reaches them."""
    found = np.zeros(tape.size, bool)
    found[tape.first_input : tape.first_op] = True
    if tape.first_input < tape.first_op:
        x, y = (column[tape.first_op : tape.first_constant] for column in (tape.x, tape.y))
        flags = found.tolist()
        for node, (i, j) in enumerate(zip(x.tolist(), np.where(y < 0, x, y).tolist()), tape.first_op):
            flags[node] = flags[i] or flags[j]
        found = np.array(flags)
    return found
