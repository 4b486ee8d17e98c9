"""Pass 5, lay out: where each node lives, and how a group finds its arguments there.

A node is a place in an array. A group's arguments are, wherever possible, a view of one earlier array:
a slice, a transpose, a broadcast; only the rest is gathered. Parameters and constants are laid out as
they are first used, which makes them the matrices that they turn out to be.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .tape import Ints, Tape


class Array:
    """One array: its shape without the batch axis, and whether it has that axis and takes a gradient."""

    def __init__(self, name: str, shape: tuple[int, ...], batched: bool, learns: bool) -> None:
        self.name, self.shape, self.batched, self.learns = name, shape, batched, learns
        self.pooled: dict[bool, int] = {}  # where it starts in the batched and in the other pool

    @property
    def size(self) -> int:
        return prod(self.shape)


class Ref:
    """What a group reads of one array, in the shape that the group computes in.

    `block` tells the places as a slice: its start, its shape, and which axis of the group each of its axes
    is (an axis of the group that is missing is a broadcast). Where it is None, `places` lists them.
    """

    def __init__(self, array: Array, places: Ints) -> None:
        self.array, self.places, self.shape = array, places, places.shape
        self.learns, self.batched = array.learns, array.batched
        self.block = _block(places)

    @property
    def full(self) -> bool:
        """Whether reading it gives the group's shape, and not one that broadcasts to it."""
        return self.block is None or len(self.block[2]) == len(self.shape)


class Mix:
    """What a group reads of several arrays: places in the pool, where they are also stored."""

    block = None
    full = True

    def __init__(self, arrays: list[Array], places: Ints) -> None:
        self.arrays, self.places, self.shape = arrays, places, places.shape
        self.learns = any(array.learns for array in arrays)
        self.batched = any(array.batched for array in arrays)


class Literal:
    """One number, for all of a group."""

    learns = batched = full = False

    def __init__(self, value: float) -> None:
        self.value = value


Operand = Ref | Mix | Literal


def _block(places: Ints) -> tuple[int, tuple[int, ...], list[int]] | None:
    base, shape = int(places.flat[0]), places.shape
    steps, grid = [], base
    for axis, size in enumerate(shape):
        natural = prod(shape[axis + 1 :])
        steps.append(int(places.take(1, axis).flat[0]) - base if size > 1 else natural)
        grid = grid + np.arange(size).reshape(size, *[1] * (places.ndim - axis - 1)) * steps[-1]
    axes = sorted((axis for axis, step in enumerate(steps) if step), key=lambda axis: -steps[axis])
    expected = 1
    for axis in reversed(axes):
        if shape[axis] > 1 and steps[axis] != expected:
            return None
        expected *= shape[axis]
    if not np.array_equal(grid, places):
        return None
    return base, tuple(shape[axis] for axis in axes), axes


class Layout:
    """Where every node lives: `array[node]` numbers its array, `place[node]` is its position there."""

    PARAMETERS, INPUTS, CONSTANTS = range(3)

    def __init__(self, tape: Tape, batched: Ints, learns: Ints) -> None:
        self.tape, self.batched, self.learns = tape, batched, learns
        self.array, self.place = np.full(tape.size, -1), np.full(tape.size, -1)
        spans = (0, tape.first_input, tape.first_op), (tape.first_input, tape.first_op, tape.size)
        for kind, (first, last) in enumerate(zip(*spans)):
            self.array[first:last] = kind
        self.array[tape.first_op : tape.first_constant] = -1
        inputs = tape.first_op - tape.first_input
        self.place[tape.first_input : tape.first_op] = np.arange(inputs)
        self.arrays = [Array("p", (0,), False, True), Array("x", (inputs,), True, False), Array("c", (0,), False, False)]
        self.order: tuple[list[int], ...] = ([], [], [])  # parameters and constants as they are first used
        self.pools = {True: 0, False: 0}  # sizes
        self.named: dict[str, int] = {}

    def add(self, letter: str, nodes: Ints) -> Array:
        """A new array, which holds these nodes in this shape, named by a letter and a number."""
        self.named[letter] = self.named.get(letter, 0) + 1
        array = Array(f"{letter}{self.named[letter]}", nodes.shape, bool(self.batched[nodes].any()), bool(self.learns[nodes].any()))
        self.array[nodes] = len(self.arrays)
        self.place[nodes] = np.arange(nodes.size).reshape(nodes.shape)
        self.arrays.append(array)
        return array

    def operands(self, arguments: list[Ints]) -> list[Operand]:
        """How to read the arguments of one operation; at least one of them gives the shape."""
        operands = [self.operand(nodes) for nodes in arguments]
        if not any(operand.full for operand in operands):
            operands[0] = self.operand(arguments[0], literal=False)
            if not operands[0].full:
                operands[0].block = None
        return operands

    def operand(self, nodes: Ints, literal: bool = True) -> Operand:
        """How to read these nodes, in this shape."""
        kinds = self.array[nodes]
        first = int(kinds.flat[0])
        alone = bool((kinds == first).all())
        if alone and literal and first == self.CONSTANTS:
            values = {self.tape.constants[node] for node in (nodes - self.tape.first_constant).ravel().tolist()}
            if len(values) == 1:
                return Literal(values.pop())
        self._settle(nodes)
        if alone:
            return Ref(self.arrays[first], self.place[nodes])
        sources = np.unique(kinds)
        arrays = [self.arrays[kind] for kind in sources]
        batched = any(array.batched for array in arrays)
        offsets = np.zeros(len(self.arrays), int)
        for kind, array in zip(sources, arrays):
            if batched not in array.pooled:
                leaves = {self.PARAMETERS: len(self.tape.labels), self.CONSTANTS: len(self.tape.constants)}
                size = leaves.get(int(kind), array.size)  # leaves may still settle
                array.pooled[batched], self.pools[batched] = self.pools[batched], self.pools[batched] + size
            offsets[kind] = array.pooled[batched]
        return Mix(arrays, offsets[kinds] + self.place[nodes])

    def _settle(self, nodes: Ints) -> None:
        homeless = nodes[self.place[nodes] < 0]
        for node in dict.fromkeys(homeless.tolist()) if len(homeless) else ():
            kind = self.array[node]
            self.place[node] = len(self.order[kind])
            self.order[kind].append(node)
            self.arrays[kind].shape = (len(self.order[kind]),)

    def sorted(self, nodes: Ints) -> Ints:
        """The order of nodes in which they lie in their arrays, so that reading them is a slice."""
        return np.lexsort((self.place[nodes], self.array[nodes]))

    def shape(self, nodes: Ints) -> tuple[int, ...]:
        """The shape of the array that these nodes are all of, in order; else one axis."""
        array = self.arrays[self.array[nodes[0]]]
        if array.size != len(nodes) or (self.array[nodes] != self.array[nodes[0]]).any():
            return nodes.shape
        return array.shape if (self.place[nodes] == np.arange(len(nodes))).all() else nodes.shape
