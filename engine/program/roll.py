"""Pass 5, roll: dots become matrix products.

A group of dots is a graph whose vertices are the left and the right lists, and whose edges are the dots. A connected
part in which every left list meets every right list is one matrix product: p left lists by q right lists. So a layer
is found whether the graph holds one sample or a hundred. A part in which almost every left list meets almost every
right list is one that has holes.
"""

from __future__ import annotations

import numpy as np

from .complete import almost_blocks, distinct_rows
from .tape import Ints


def roll(left: Ints, right: Ints) -> tuple[Ints, Ints, Ints] | None:
    """Return dots, one a row, as matrix products of equal size; None where they are not all of that form.

    The result is dots, left and right: dot number `dots[c, i, j]` is left[c, i, :] · right[c, :, j], or -1 where the
    product has a hole.
    """
    lefts, of_left = distinct_rows(left)
    rights, of_right = distinct_rows(right)
    part = np.full(len(lefts), len(rights))
    np.minimum.at(part, of_left, of_right)  # the lists of a complete part share their first partner
    part_of_right = np.full(len(rights), len(rights))
    np.minimum.at(part_of_right, of_right, part[of_left])
    heights, widths = _sizes(part), _sizes(part_of_right)
    count, p, q = len(heights), heights[0], widths[0]
    edges = of_left * len(rights) + of_right
    each_edge_once = len({*edges.tolist()}) == len(edges)
    complete = each_edge_once and len(edges) == count * p * q and len(widths) == count
    equal_sizes = (heights == p).all() and (widths == q).all()
    if not (complete and equal_sizes and (part[of_left] == part_of_right[of_right]).all()):
        dots = almost_blocks(of_left, of_right) if each_edge_once else None
        if dots is None:
            return None
        rows, columns = _lists_of_blocks(dots, of_left), _lists_of_blocks(dots.transpose(0, 2, 1), of_right)
        return dots, lefts[rows], rights[columns].transpose(0, 2, 1)
    rows = np.argsort(part, kind="stable").reshape(count, p)
    columns = np.argsort(part_of_right, kind="stable").reshape(count, q)
    order = np.argsort(edges)
    dots = order[np.searchsorted(edges, rows[:, :, None] * len(rights) + columns[:, None, :], sorter=order)]
    return dots, lefts[rows], rights[columns].transpose(0, 2, 1)


def _lists_of_blocks(dots: Ints, of_dot: Ints) -> Ints:
    """Return the number of the list of each row of blocks with holes, from the number of each dot's."""
    return of_dot[dots.max(-1)]


def _sizes(part: Ints) -> Ints:
    """Return how many lists each part has, from the part of each list."""
    counts = np.bincount(part)
    return counts[counts > 0]
