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
    """Matrix products of one size: dot number `dots[c, i, j]` is left[c, i, :] · right[c, :, j]."""

    dots: Ints
    left: Ints
    right: Ints


def roll(left: Ints, right: Ints) -> Matrices | None:
    """Dots, one a row, as matrix products of equal size; None where they are not all of that form."""
    lefts, of_left = _distinct(left)
    rights, of_right = _distinct(right)
    part = np.full(len(lefts), len(rights))
    np.minimum.at(part, of_left, of_right)  # the lists of a complete part share their first partner
    part_of_right = np.full(len(rights), len(rights))
    np.minimum.at(part_of_right, of_right, part[of_left])
    heights, widths = (np.unique(each, return_counts=True)[1] for each in (part, part_of_right))
    count, p, q = len(heights), heights[0], widths[0]
    edges = of_left * len(rights) + of_right
    complete = len(np.unique(edges)) == len(edges) == count * p * q and len(widths) == count
    if (
        not complete
        or (heights != p).any()
        or (widths != q).any()
        or (part[of_left] != part_of_right[of_right]).any()
    ):
        return None
    rows = np.argsort(part, kind="stable").reshape(count, p)
    columns = np.argsort(part_of_right, kind="stable").reshape(count, q)
    by_edge = np.argsort(edges)
    wanted = rows[:, :, None] * len(rights) + columns[:, None, :]
    return Matrices(by_edge[np.searchsorted(edges[by_edge], wanted)], lefts[rows], rights[columns].transpose(0, 2, 1))


def _distinct(lists: Ints) -> tuple[Ints, Ints]:
    """The distinct rows in order of first appearance, and which of them each row is."""
    rows = np.ascontiguousarray(lists)
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return rows[first[order]], np.argsort(order)[which.ravel()]
