"""Pass 1, flatten: chains of + become sums of many terms, and the products in them become dots.

A sum takes in an inner sum, or a product, that nothing else uses: what is left of a neuron is one dot of weights and
inputs, plus its bias.
"""

from __future__ import annotations

import numpy as np

from .tape import Ints, Tape


class Sums:
    """All sums of a tape.

    - `nodes`: the node that each sum computes.
    - `left`, `right`: the factors of all products. Sum number k has those from `products[k]` to `products[k + 1]`.
    - `terms`: all other terms. Sum number k has those from `rest[k]` to `rest[k + 1]`.
    - `into`: for each node of the tape, the sum that took it in, else the node itself.
    - `absorbed`: for each node of the tape, whether a sum took it in.
    """

    def __init__(self, tape: Tape) -> None:
        add, mul = tape.is_op("add"), tape.is_op("mul")
        adds = np.flatnonzero(add)
        term, by = np.stack([tape.x[adds], tape.y[adds]], 1).ravel(), np.repeat(adds, 2)
        once = _used_once(tape)
        inner, product = add[term] & once[term], mul[term] & once[term]
        self.into = np.arange(tape.size)
        self.into[term[inner | product]] = by[inner | product]
        while (self.into[self.into] != self.into).any():  # from the sum that took it in to the last one of the chain
            self.into = self.into[self.into]
        self.absorbed = self.into != np.arange(tape.size)
        self.nodes = np.flatnonzero(add & ~self.absorbed)

        number = np.searchsorted(self.nodes, self.into[by])
        order = np.argsort(number, kind="stable")
        order = order[~inner[order]]
        term, number, product = term[order], number[order], product[order]
        self.products, self.rest = (self._starts(number[which]) for which in (product, ~product))
        self.left, self.right = _weights_first(tape, term[product])
        self.terms = term[~product]

    def _starts(self, numbers: Ints) -> Ints:
        """Return where the entries of each sum start, and at last their count, from the sum of each entry, sorted."""
        return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(self.nodes)))])


def _used_once(tape: Tape) -> Ints:
    """Return for each node whether it is used once, as an argument or an output."""
    uses = np.concatenate([*(column[column >= 0] for column in tape.args), tape.outputs])
    return np.bincount(uses, minlength=tape.size) == 1


def _weights_first(tape: Tape, products: Ints) -> Ints:
    """Return the factors of products, as two rows: weights stand to the left of what they weigh."""
    x, y = tape.x[products], tape.y[products]
    rank = tape.batched * 4 + (tape.code >= 0) * 2 + (np.arange(tape.size) >= tape.first_input)
    return np.where(rank[x] > rank[y], (y, x), (x, y))
