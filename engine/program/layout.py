"""Pass 5, lay out: where each node lives, and which views of one earlier array are there for those who read it.

A node is a place in an array. Parameters and constants are laid out as they are first used, which makes
them the matrices that they turn out to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from math import prod
from typing import Any

import numpy as np

from .tape import Ints, Tape
from .view import Array, Shape

PARAMETERS, INPUTS, CONSTANTS = range(3)


class Layout:
    """Where every node lives: `array[node]` numbers its array, `place[node]` is its position there."""

    def __init__(self, tape: Tape) -> None:
        counts = np.diff([0, tape.first_input, tape.first_op, tape.first_constant, tape.size])
        self.array, self.place = np.repeat([PARAMETERS, INPUTS, -1, CONSTANTS], counts), np.full(tape.size, -1)
        self.place[tape.first_input : tape.first_op] = np.arange(counts[INPUTS])
        self.arrays = [Array("p", (0,), False, True, True), Array("x", (int(counts[INPUTS]),), True, False),
                       Array("c", (0,), False, False, True)]  # fmt: skip
        self.numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def add(self, letter: str, nodes: Ints, batched: bool, learns: bool) -> Array:
        """A new array, which holds these nodes in this shape."""
        self.array[nodes], self.place[nodes] = len(self.arrays), np.arange(nodes.size).reshape(nodes.shape)
        self.arrays.append(Array(f"{letter}{next(self.numbers[letter])}", nodes.shape, batched, learns))
        return self.arrays[-1]

    def settle(self, nodes: Ints) -> None:
        """Give leaves that are used for the first time the next places."""
        first = nodes[self.place[nodes] < 0]
        for kind in (PARAMETERS, CONSTANTS) if len(first) else ():
            new = [*dict.fromkeys(first[self.array[first] == kind].tolist())]
            used = self.arrays[kind].size
            self.place[new] = np.arange(used, used + len(new))
            self.arrays[kind].shape = (used + len(new),)

    def block(self, nodes: Ints) -> tuple[Array, int, Shape, list[int]] | None:
        """The slice that these nodes are: its array, start and shape, and which of their axes its axes are."""
        number, places = self.array[nodes], self.place[nodes]
        if (number != number.flat[0]).any():
            return None
        base, shape = int(places.flat[0]), places.shape
        steps: list[int] = []
        for axis, size in enumerate(shape):
            steps.append(int(places.take(1, axis).flat[0]) - base if size > 1 else prod(shape[axis + 1 :]))
        axes = sorted((axis for axis, step in enumerate(steps) if step), key=lambda axis: -steps[axis])
        sizes = tuple(shape[axis] for axis in axes)
        if any(shape[axis] > 1 and steps[axis] != prod(sizes[at:]) for at, axis in enumerate(axes, 1)):
            return None
        grid: Any = base
        for axis in axes:
            grid = grid + steps[axis] * np.arange(shape[axis]).reshape(-1, *[1] * (places.ndim - axis - 1))
        return (self.arrays[number.flat[0]], base, sizes, axes) if (grid == places).all() else None

    def arrange(self, *arguments: Ints) -> tuple[Ints, Shape]:
        """The order and shape for a group in which its most varied argument is a slice, or a whole array."""
        lead = arguments[0]
        if len(arguments) > 1:
            lead = max(arguments, key=lambda nodes: (len(set(nodes.tolist())), bool((self.place[nodes] >= 0).all())))
        order = np.lexsort((self.place[lead], self.array[lead]))
        lead = lead[order]
        array = self.arrays[self.array[lead[0]]]
        whole = array.size == len(lead) and (self.array[lead] == self.array[lead[0]]).all()
        return order, array.shape if whole and (self.place[lead] == np.arange(len(lead))).all() else lead.shape
