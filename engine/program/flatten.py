"""Pass 1, flatten: chains of + become sums of many terms, and the products in them become dots.

An inner sum or a product that is used once, by a sum, disappears into it: what is left of a neuron is
one dot of weights and inputs, plus its bias.
"""

from __future__ import annotations

import numpy as np

from .tape import Tape


class Sums:
    """All sums of a tape: the node that holds each, its products left × right, and its other terms.

    Sum number k has the products `products[k]` to `products[k + 1]`, and likewise `rest` of `terms`.
    `absorbed` marks the nodes that a sum has taken in, and `into` tells which node that sum is.
    """

    def __init__(self, tape: Tape) -> None:
        arguments = np.concatenate([tape.x[tape.x >= 0], tape.y[tape.y >= 0], tape.outputs])
        once = np.bincount(arguments, minlength=tape.size) == 1
        add, mul = tape.named("add"), tape.named("mul")
        adds = np.flatnonzero(add)
        term, by = np.stack([tape.x[adds], tape.y[adds]], 1).ravel(), np.repeat(adds, 2)
        inner, product = add[term] & once[term], mul[term] & once[term]
        self.into = np.arange(tape.size)
        self.into[term[inner | product]] = by[inner | product]
        while (self.into[self.into] != self.into).any():
            self.into = self.into[self.into]
        self.absorbed = self.into != np.arange(tape.size)

        self.nodes = np.flatnonzero(add & ~self.absorbed)
        number = np.searchsorted(self.nodes, self.into[by])
        order = np.argsort(number, kind="stable")
        order = order[~inner[order]]
        term, number, product = term[order], number[order], product[order]
        counts = [np.bincount(number[which], minlength=len(self.nodes)) for which in (product, ~product)]
        self.products, self.rest = (np.concatenate([[0], np.cumsum(count)]) for count in counts)
        x, y, self.terms = tape.x[term[product]], tape.y[term[product]], term[~product]
        # Weights stand to the left of what they weigh.
        rank = tape.batched * 4 + (tape.code >= 0) * 2 + (np.arange(tape.size) >= tape.first_input)
        self.left, self.right = np.where(rank[x] > rank[y], (y, x), (x, y))
