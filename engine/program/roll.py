"""Pass 4, roll: a group of dots is a set of edges between left and right lists.

A connected part in which every left list meets every right list is one matrix product: p left lists by
q right lists. So a layer is found whether the graph holds one sample or a hundred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .tape import Ints


class Matrices(NamedTuple):
    """`count` products of one size: node [c, i, j] is the dot of left[c, i, :] and right[c, :, j]."""

    order: Ints  # (c, p, q): which dot of the group stands there
    left: Ints  # (c, p, length)
    right: Ints  # (c, length, q)


def roll(left: Ints, right: Ints) -> Matrices | None:
    """Dots, one a row, as matrix products of equal size; None where they are not all of that form."""
    lefts, of_left = _distinct(left)
    rights, of_right = _distinct(right)
    edges = of_left * len(rights) + of_right
    if len(np.unique(edges)) < len(edges):
        return None  # the same dot twice
    part = np.full(len(lefts), len(rights))
    np.minimum.at(part, of_left, of_right)  # in a complete part, all left lists share their first right list
    part_of_right = np.full(len(rights), len(rights))
    np.minimum.at(part_of_right, of_right, part[of_left])
    if (part[of_left] != part_of_right[of_right]).any():
        return None
    names, sizes = np.unique(part, return_counts=True)
    widths = np.unique(part_of_right, return_counts=True)[1]
    count, p, q = len(names), int(sizes[0]), int(widths[0])
    if (sizes != p).any() or (widths != q).any() or count * p * q != len(left):
        return None
    rows = np.argsort(part, kind="stable").reshape(count, p)
    columns = np.argsort(part_of_right, kind="stable").reshape(count, q)
    wanted = rows[:, :, None] * len(rights) + columns[:, None, :]
    by_edge = np.argsort(edges)
    order = by_edge[np.searchsorted(edges[by_edge], wanted)]
    return Matrices(order, lefts[rows], rights[columns].transpose(0, 2, 1))


def _distinct(lists: Ints) -> tuple[Ints, Ints]:
    """The distinct rows in order of first appearance, and which of them each row is."""
    rows = np.ascontiguousarray(lists)
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    return rows[first[order]], rank[inverse.ravel()]
