"""Pass 1, flatten: chains of + become sums, the products in them become dots, and trees of max become one max.

A sum takes in an inner sum, or a product, that nothing else uses: what is left of a neuron is one dot of weights and
inputs, plus its bias. A product alone may be a dot, too: the first of several whose lists grow longer and longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .tape import Ints, Tape


class Sums:
    """All sums of a tape.

    - `nodes`: the node that each sum computes.
    - `left`, `right`: the factors of all products. Sum number k has those from `products[k]` to `products[k + 1]`.
    - `terms`: all other terms. Sum number k has those from `rest[k]` to `rest[k + 1]`.
    - `into`: for each node of the tape, the sum that took it in, else the node itself.
    - `absorbed`: for each node of the tape, whether a sum took it in.
    - `promoted`: for each sum, whether it is a product alone.
    """

    left: Any
    right: Any
    nodes: Any
    promoted: Any
    products: Any
    rest: Any

    def __init__(self, tape: Tape) -> None:
        add, mul = tape.is_op("add"), tape.is_op("mul")
        adds = np.flatnonzero(add)
        term, by = np.stack([tape.x[adds], tape.y[adds]], 1).ravel(), np.repeat(adds, 2)
        inner, product = add[term] & tape.used_once[term], mul[term] & tape.used_once[term]
        self.into: Any = np.arange(tape.size)
        self.into[term[inner | product]] = by[inner | product]
        while (self.into[self.into] != self.into).any():  # from the sum that took it in to the last one of the chain
            self.into = self.into[self.into]
        self.absorbed: Any = self.into != np.arange(tape.size)
        self.nodes = np.flatnonzero(add & ~self.absorbed)

        number = np.searchsorted(self.nodes, self.into[by])
        order = np.argsort(number, kind="stable")
        order = order[~inner[order]]
        term, number, product = term[order], number[order], product[order]
        self.products, self.rest = (self._starts(number[which]) for which in (product, ~product))
        self.left, self.right = _weights_first(tape, term[product])
        self.terms: Any = term[~product]
        self.promoted = np.zeros(len(self.nodes), bool)
        lone = self._lone_products(tape)
        if lone.size:
            self._promote(tape, lone)

    def _lone_products(self, tape: Tape) -> Ints:
        """Return products that may be the first of several dots, which have one of its factors, and one alike."""
        nodes = np.flatnonzero(tape.is_op("mul") & ~self.absorbed)
        dots = (np.diff(self.products) > 1) & (np.diff(self.rest) == 0)
        if not nodes.size or not dots.any():
            return nodes[:0]
        of_dots = np.repeat(dots, np.diff(self.products))
        left, right = _weights_first(tape, nodes)
        alike = np.zeros(len(nodes), bool)
        pairs = (left, right, self.left, self.right), (right, left, self.right, self.left)
        for shared, other, shared_of_dots, other_of_dots in pairs:
            keys = (tape.code[other] + 1) * tape.size + shared
            alike |= np.isin(keys, ((tape.code[other_of_dots] + 1) * tape.size + shared_of_dots)[of_dots])
        return nodes[alike & (np.maximum(left, right) < tape.first_constant)]

    def _promote(self, tape: Tape, products: Ints) -> None:
        """Make sums of products alone, each of one product and no other term."""
        left, right = _weights_first(tape, products)
        counts = np.diff(self.products), np.diff(self.rest)
        owner = np.concatenate([np.repeat(self.nodes, counts[0]), products])
        order = np.argsort(owner, kind="stable")
        self.left, self.right = (np.concatenate(each)[order] for each in ((self.left, left), (self.right, right)))
        nodes = np.concatenate([self.nodes, products])
        order = np.argsort(nodes)
        self.nodes, self.promoted = nodes[order], (np.arange(len(nodes)) >= len(self.nodes))[order]
        ones = np.ones(len(products), int)
        self.products, self.rest = (
            np.concatenate([[0], np.cumsum(np.concatenate([count, more])[order])])
            for count, more in zip(counts, (ones, 0 * ones))
        )

    def _starts(self, numbers: Ints) -> Ints:
        """Return where the entries of each sum start, and at last their count, from the sum of each entry, sorted."""
        return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(self.nodes)))])


class Reductions:
    """All reductions of a tape: each is the largest, or the smallest, of its terms.

    - `nodes`: the node that each reduction computes.
    - `terms`: all terms. Reduction number k has those from `starts[k]` to `starts[k + 1]`.
    - `absorbed`: for each node of the tape, whether a reduction took it in.
    """

    nodes: Any
    terms: Any
    starts: Any

    def __init__(self, tape: Tape) -> None:
        last = tape.reduction_of
        parts = np.flatnonzero(last >= 0)
        self.absorbed: Any = (last >= 0) & (last != np.arange(tape.size))
        self.nodes = parts[~self.absorbed[parts]]
        term, number = np.stack([tape.x[parts], tape.y[parts]], 1).ravel(), np.searchsorted(self.nodes, last[parts])
        order = np.argsort(np.repeat(number, 2), kind="stable")
        order = order[~self.absorbed[term[order]]]
        self.terms = term[order]
        counts = np.bincount(np.repeat(number, 2)[order], minlength=len(self.nodes))
        self.starts = np.concatenate([[0], np.cumsum(counts)])


def _weights_first(tape: Tape, products: Ints) -> Ints:
    """Return the factors of products, as two rows: weights stand to the left of what they weigh."""
    x, y = tape.x[products], tape.y[products]
    rank = tape.batched * 4 + (tape.code >= 0) * 2 + (np.arange(tape.size) >= tape.first_input)
    return np.where(rank[x] > rank[y], (y, x), (x, y))
