"""Pass 5, lay out: where each node lives, and how a group finds its arguments there.

A node is a place in an array. A group's arguments are, wherever possible, a view of one earlier array: a
slice, a transpose, a broadcast; only the rest is gathered. Parameters and constants are laid out as they
are first used, which makes them the matrices that they turn out to be.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .tape import Ints, Tape

PARAMETERS, INPUTS, CONSTANTS = range(3)


class Array:
    """One array of nodes, in a shape to which a last axis is added: the batch, or 1 where rows do not differ.

    A flat array, of parameters or constants, has no such axis. `pooled` is where it starts in the pools.
    """

    def __init__(self, name: str, shape: tuple[int, ...], batched: bool, learns: bool, flat: bool = False) -> None:
        self.name, self.shape, self.batched, self.learns, self.flat = name, shape, batched, learns, flat
        self.pooled: dict[str, int] = {}

    @property
    def size(self) -> int:
        return prod(self.shape)


class Operand:
    """What a group reads, in the shape that it computes in: a block of one array, places in the pool, or a number.

    `block` is a slice: its start, its shape, and which axis of the group each of its axes is (an axis that is
    missing is a broadcast). Where `array` is None, `places` are gathered from the pool, or all are `literal`.
    """

    def __init__(self, shape: tuple[int, ...], batched: bool, learns: bool) -> None:
        self.shape, self.batched, self.learns = shape, batched, learns
        self.array: Array | None = None
        self.block: tuple[int, tuple[int, ...], list[int]] = (0, (), [])
        self.literal: float | None = None
        self.places: Ints = None
        self.pool = "pool" if batched else "pool1"

    @property
    def full(self) -> bool:
        """Whether reading it gives the group's shape, and not something that broadcasts to it."""
        return self.literal is None and (self.array is None or len(self.block[2]) == len(self.shape))


def _block(places: Ints) -> tuple[int, tuple[int, ...], list[int]] | None:
    base, shape = int(places.flat[0]), places.shape
    steps: list[int] = []
    grid: Any = base
    for axis, size in enumerate(shape):
        steps.append(int(places.take(1, axis).flat[0]) - base if size > 1 else prod(shape[axis + 1 :]))
        grid = grid + np.arange(size).reshape(size, *[1] * (places.ndim - axis - 1)) * steps[-1]
    axes = sorted((axis for axis, step in enumerate(steps) if step), key=lambda axis: -steps[axis])
    sizes = tuple(shape[axis] for axis in axes)
    dense = all(size == 1 or steps[axis] == prod(sizes[at + 1 :]) for at, (axis, size) in enumerate(zip(axes, sizes)))
    return (base, sizes, axes) if dense and np.array_equal(grid, places) else None


class Layout:
    """Where every node lives: `array[node]` numbers its array, `place[node]` is its position there."""

    def __init__(self, tape: Tape, batched: Ints) -> None:
        self.tape, self.batched, self.learns = tape, batched, np.arange(tape.size) < tape.first_input
        counts = np.diff([0, tape.first_input, tape.first_op, tape.first_constant, tape.size])
        self.array, self.place = np.repeat([PARAMETERS, INPUTS, -1, CONSTANTS], counts), np.full(tape.size, -1)
        self.place[tape.first_input : tape.first_op] = np.arange(counts[INPUTS])
        self.arrays = [Array("p", (0,), False, True, True), Array("x", (int(counts[INPUTS]),), True, False),
                       Array("c", (0,), False, False, True)]  # fmt: skip
        self.order: tuple[list[int], ...] = ([], [], [])  # parameters and constants as they are first used
        self.pools = {"pool": 0, "pool1": 0}  # the sizes of that with a batch axis, and of that without
        self.starts = {pool: np.full(tape.size + 3, -1) for pool in self.pools}  # of each array in each pool
        self.named: dict[str, int] = {}

    def add(self, letter: str, nodes: Ints, operands: list[Operand]) -> Array:
        """A new array, made of these operands, which holds these nodes in this shape."""
        self.named[letter] = self.named.get(letter, 0) + 1
        batched = bool(self.batched[nodes].any())
        self.learns[nodes] = learns = any(operand.learns for operand in operands)
        self.array[nodes], self.place[nodes] = len(self.arrays), np.arange(nodes.size).reshape(nodes.shape)
        self.arrays.append(Array(f"{letter}{self.named[letter]}", nodes.shape, batched, learns))
        return self.arrays[-1]

    def operands(self, *arguments: Ints) -> list[Operand]:
        """How to read arguments that meet each other; at least one of them gives the shape."""
        operands = [self.operand(nodes) for nodes in arguments]
        return (
            operands
            if any(operand.full for operand in operands)
            else [self.operand(arguments[0], True), *operands[1:]]
        )

    def operand(self, nodes: Ints, full: bool = False) -> Operand:
        """How to read these nodes; if it must be `full`, not as something that broadcasts to their shape."""
        kinds = self.array[nodes]
        kind = int(kinds.flat[0])
        for node in dict.fromkeys(nodes[self.place[nodes] < 0].tolist()):  # a leaf that is used for the first time
            order = self.order[self.array[node]]
            self.place[node] = len(order)
            order.append(node)
            self.arrays[self.array[node]].shape = (len(order),)
        operand = Operand(nodes.shape, bool(self.batched[nodes].any()), bool(self.learns[nodes].any()))
        if (kinds == kind).all():
            if kind == CONSTANTS and not full:
                values = {self.tape.constants[node] for node in (nodes - self.tape.first_constant).ravel().tolist()}
                operand.literal = values.pop() if len(values) == 1 else None
            block = _block(self.place[nodes])
            if operand.literal is None and block and (not full or len(block[2]) == nodes.ndim):
                operand.array, operand.block = self.arrays[kind], block
        if operand.array is None and operand.literal is None:
            starts = self.starts[operand.pool]
            for kind in set(kinds[starts[kinds] < 0].tolist()):
                leaves = {PARAMETERS: self.tape.first_input, CONSTANTS: len(self.tape.constants)}  # there may be more
                starts[kind] = self.arrays[kind].pooled[operand.pool] = self.pools[operand.pool]
                self.pools[operand.pool] += leaves.get(kind, self.arrays[kind].size)
            operand.places = self.place[nodes] + starts[kinds]
        return operand

    def arrange(self, *arguments: Ints) -> tuple[Ints, tuple[int, ...]]:
        """The order and shape for a group in which its most varied argument is a slice, or a whole array."""
        lead = arguments[0]
        if all((self.array[nodes] != self.array[nodes[0]]).any() for nodes in arguments):
            return np.arange(len(lead)), lead.shape
        if len(arguments) > 1:
            lead = max(arguments, key=lambda nodes: (len(set(nodes.tolist())), bool((self.place[nodes] >= 0).all())))
        order = np.lexsort((self.place[lead], self.array[lead]))
        lead = lead[order]
        array = self.arrays[self.array[lead[0]]]
        whole = array.size == len(lead) and (self.array[lead] == self.array[lead[0]]).all()
        return order, array.shape if whole and (self.place[lead] == np.arange(len(lead))).all() else lead.shape
