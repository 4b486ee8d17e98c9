"""Pass 4, complete: lists and blocks that lack a few of their entries get these, so that dots become matrix products.

Causal attention is such a case: the queries meet only the keys before them, a triangle of a complete block; and the
sums of values have one term, then two, then three. An entry that a block lacks is a hole. Its number does not count:
no gradient comes from it, and where numbers are added up a mask makes it 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .tape import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tape import Ints

MOST = 2  # times the products that there are, a completed block may have


def completed_lists(left: Ints, right: Ints, zero: int, first_input: int) -> tuple[Ints, Ints] | None:
    """Return the factors of dots, one a row, with the lists of one side completed; None where they are not alike.

    A list is completed to the longest one that it is a part of: its other factors are zeros then.

    - `left`, `right`: the factors, with zeros at the end of shorter lists.
    - `zero`: the node that is zero.
    - `first_input`: the number of parameters, whose matrices stay as they are unless they have many lengths.
    """
    many_lengths = len(distinct((right != zero).sum(1))) > 2
    if many_lengths or left.min() >= first_input:
        rights = _completed(right, left, zero)
        if rights is not None:
            return rights[1], rights[0]
    if many_lengths or right.min() >= first_input:
        return _completed(left, right, zero)
    return None


def _completed(lists: Ints, partners: Ints, zero: int) -> tuple[Ints, Ints] | None:
    """Return lists in the form of the longest ones, and their partners in the same places, else zeros."""
    real = lists != zero
    rows, which = distinct_rows(lists)
    around = longest_around([[node for node in row if node != zero] for row in rows.tolist()])
    if around is None or all(number == place for place, number in enumerate(around)):
        return None
    longest = rows[distinct(np.array(around))]
    if (longest == zero).any() or len(lists) * lists.shape[1] > MOST * real.sum():
        return None
    place = np.zeros(zero + 1, int)
    place[longest] = np.arange(lists.shape[1])
    line = np.broadcast_to(np.arange(len(lists))[:, None], lists.shape)
    moved = np.full(lists.shape, zero)
    moved[line[real], place[lists[real]]] = partners[real]
    return rows[np.array(around)[which]], moved


def longest_around(lists: Sequence[Sequence[int]]) -> list[int] | None:
    """Return for each list the number of the longest one that it is a part of, in any order.

    Return None where two lists have entries in common and neither of them is such a part, or one has an entry twice.

    >>> longest_around([[1], [5, 6], [1, 2, 3], [3, 2]])
    [2, 1, 2, 2]
    >>> longest_around([[1, 2], [2, 3]]) is None
    True
    """
    around, owner = [0] * len(lists), dict[int, int]()
    for number in sorted(range(len(lists)), key=lambda number: -len(lists[number])):
        entries = lists[number]
        owners = {owner.get(entry, -1) for entry in entries}
        if len(owners) != 1 or len({*entries}) < len(entries):
            return None
        (longest,) = owners
        if longest < 0:
            longest = number
            owner.update(dict.fromkeys(entries, number))
        around[number] = longest
    return around


def almost_blocks(of_left: Ints, of_right: Ints) -> Ints | None:
    """Return dots as blocks of equal size, with -1 where a block has no dot; None if they are not such blocks.

    The result is as that of `roll`: dot number `dots[c, i, j]` is that of a left list and a right list. Some column
    has no hole in any block, so that each row of each block has a dot there.

    - `of_left`, `of_right`: for each dot the numbers of its left and its right list.
    """
    partners: list[list[int]] = [[] for _ in range(of_right.max() + 1)]
    for left, right in zip(of_left.tolist(), of_right.tolist()):
        partners[right].append(left)
    around = longest_around(partners)
    if around is None:
        return None
    rows = {
        number: sorted(partners[number]) for number in sorted({*around}, key=lambda number: min(partners[number]))
    }
    columns: dict[int, list[int]] = {number: [] for number in rows}
    for right, number in enumerate(around):
        columns[number].append(right)
    heights, widths = ({len(each) for each in lists.values()} for lists in (rows, columns))
    if len(heights) > 1 or len(widths) > 1:
        return None
    dots = np.full((of_left.max() + 1, of_right.max() + 1), -1)
    dots[of_left, of_right] = np.arange(len(of_left))
    blocks = np.stack([dots[np.ix_(rows[number], columns[number])] for number in rows])
    enough = blocks.size <= MOST * len(of_left)
    return blocks if enough and full_column(blocks >= 0) is not None else None


def full_column(real: Ints) -> int | None:
    """Return the first column that has no hole in any row of any block; None if there is none."""
    full = np.flatnonzero(real.reshape(-1, real.shape[-1]).all(0))
    return int(full[0]) if full.size else None


def distinct_rows(lists: Ints) -> tuple[Ints, Ints]:
    """Return the distinct rows in order of first appearance, and which of them each row is."""
    seen: dict[bytes, int] = {}
    rows = np.ascontiguousarray(lists).view(f"V{lists.itemsize * lists.shape[1]}").ravel().tolist()
    which = np.array([seen.setdefault(row, len(seen)) for row in rows])
    return np.frombuffer(b"".join(seen), lists.dtype).reshape(len(seen), -1), which
