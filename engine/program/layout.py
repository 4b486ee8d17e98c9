"""Pass 6, lay out: which buffer holds each node, and which nodes are a view of one buffer.

Parameters and constants are laid out in the order in which they are first used. So the weights of a layer lie as the
matrix that they are.
"""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..naming import Label
from ..printer import CLAIMABLE, layer_numbers
from .codegen import Shape
from .tape import Ints, Tape, distinct
from .view import Buffer

if TYPE_CHECKING:
    from collections.abc import Collection

PARAMETERS, INPUTS, CONSTANTS = range(3)  # the first three buffers
# A slice of a buffer: this, the offset where it starts, its shape, and for each of its axes the axis of the nodes.
Block = tuple[Buffer, int, Shape, list[int]]


class Holed(NamedTuple):
    """A buffer that has some of its entries only so that it is a complete block.

    - `nodes`: the node of each entry; a hole repeats the number of another node.
    - `real`: whether an entry is where its node is laid out, and no hole.
    - `dead`: whether the holes take no gradient, because nothing reads them but what has the same holes.
    """

    nodes: Ints
    real: Ints
    dead: bool


class Layout:
    """Where each node is: `buffer[node]` is the number of its buffer, `offset[node]` its place there, or -1."""

    def __init__(self, tape: Tape) -> None:
        inputs, constants = tape.first_op - tape.first_input, tape.size - tape.first_constant
        operations = tape.first_constant - tape.first_op
        sizes = [tape.first_input, inputs, operations, constants]
        self.buffer: Any = np.repeat([PARAMETERS, INPUTS, -1, CONSTANTS], sizes)
        self.offset: Any = np.full(tape.size, -1)
        self.offset[tape.first_input : tape.first_op] = np.arange(inputs)
        self.buffers: list[Buffer] = [
            Buffer("p", (0,), batched=False, needs_grad=True, flat=True),
            Buffer("x", (inputs,), batched=True, needs_grad=False),
            Buffer("c", (0,), batched=False, needs_grad=False, flat=True),
        ]
        self._sizes = {PARAMETERS: tape.first_input, CONSTANTS: constants}
        self._layers = layer_numbers(tape.labels)
        labels = [*tape.labels, tape.root_label]
        # Names that the user's labels claim. Those of a model's parameters name arrays of them, and claim nothing.
        by_hand = not any(isinstance(label, Label) for label in tape.labels)
        self.claimed: frozenset[str] = frozenset(label for label in labels if by_hand and CLAIMABLE.fullmatch(label))
        self._names = {*self.claimed}
        self._numbers: dict[str, int] = {}  # the latest number of each letter: all up to it are taken
        self._holed: dict[int, Holed] = {}  # by the number of the buffer

    def new_name(self, letter: str) -> str:
        """Return a name for an array: the letter, and the next number, but for weighted sums no layer's number."""
        number = 1 + self._numbers.get(letter, 0)
        while f"{letter}{number}" in self._names or (letter == "z" and str(number) in self._layers):
            number += 1
        self._numbers[letter] = number
        return self._named(f"{letter}{number}")

    def sum_name(self, layers: Collection[str]) -> str:
        """Return a name for weighted sums, z and a number: that of the layer, if it is one and has a number."""
        number = "".join(layers) if len(layers) == 1 else ""
        return self._named(f"z{number}") if number and f"z{number}" not in self._names else self.new_name("z")

    def activation_name(self, nodes: Ints) -> str:
        """Return a name for a function of these nodes: h2 if they are all that z2 holds, else v and a number."""
        buffer = self.buffers[self.buffer[nodes.flat[0]]]
        places = np.sort(self.offset[nodes].ravel())
        whole = (self.buffer[nodes] == self.buffer[nodes.flat[0]]).all() and len(places) == buffer.size
        name = f"h{buffer.name[1:]}"
        if not re.fullmatch(r"z\d+", buffer.name) or not whole or name in self._names:
            return self.new_name("v")
        return self._named(name)

    def _named(self, name: str) -> str:
        self._names.add(name)
        return name

    def add(self, name: str, nodes: Ints, batched: bool, needs_grad: bool, real: Ints | None = None) -> Buffer:
        """Make a buffer that holds these nodes in this shape.

        - `name`: its name.
        - `nodes`: an array of nodes.
        - `batched`: whether its numbers differ from row to row.
        - `needs_grad`: whether its gradient is asked for.
        - `real`: of a buffer with holes: whether an entry is none.
        """
        offsets = np.arange(nodes.size).reshape(nodes.shape)
        if real is not None:
            self._holed[len(self.buffers)] = Holed(nodes, real, dead=len(distinct(nodes)) < nodes.size)
        which = slice(None) if real is None else real
        self.buffer[nodes[which]] = len(self.buffers)
        self.offset[nodes[which]] = offsets[which]
        buffer = Buffer(name, nodes.shape, batched, needs_grad)
        self.buffers.append(buffer)
        return buffer

    def place_leaves(self, nodes: Ints) -> None:
        """Give those of the nodes that are parameters or constants, and used for the first time, the next offsets."""
        unplaced = nodes[self.offset[nodes] < 0]
        if not unplaced.size:
            return
        for number in (PARAMETERS, CONSTANTS):
            new = [*dict.fromkeys(unplaced[self.buffer[unplaced] == number].tolist())]
            used = self.buffers[number].size
            self.offset[new] = np.arange(used, used + len(new))
            self.buffers[number].shape = (used + len(new),)

    def final_size(self, number: int) -> int:
        """Return how many nodes a buffer holds when all leaves are placed."""
        return self._sizes.get(number, self.buffers[number].size)

    def block(self, nodes: Ints) -> Block | None:
        """Return the slice of one buffer that these nodes are, perhaps with axes in another order; None for no slice.

        Along the axes of `nodes` that the slice does not have, all nodes are the same.
        """
        number, offsets = self.buffer[nodes], self.offset[nodes]
        if (number != number.flat[0]).any():
            return None
        buffer, steps = self.buffers[number.flat[0]], _steps(offsets)
        start, shape = int(offsets.flat[0]), offsets.shape
        axes, sizes = _slice_axes(steps, shape)
        if axes is None or (_grid(start, steps, shape) != offsets).any():
            return None
        return buffer, start, sizes, axes

    def masked_block(self, nodes: Ints, real: Ints) -> Block | None:
        """Return the slice of one buffer that these nodes are where they are `real`, as `block` does.

        Along each axis of `nodes`, two that follow each other are real.
        """
        number, offsets = self.buffer[nodes], self.offset[nodes]
        first = np.unravel_index(real.argmax(), real.shape)
        buffer = self.buffers[number[first]]
        if (number[real] != number[first]).any() or buffer.flat:
            return None
        steps = _steps_between(offsets, real)
        if steps is None:
            return None
        shape = nodes.shape
        start = int(offsets[first]) - sum(step * int(at) for step, at in zip(steps, first))
        axes, sizes = _slice_axes(steps, shape)
        grid = _grid(start, steps, shape)
        inside = grid.min() >= 0 and grid.max() < buffer.size
        if axes is None or not inside or (grid != offsets)[real].any():
            return None
        return buffer, start, sizes, axes

    def holed_block(self, nodes: Ints, real: Ints | None) -> Block | None:
        """Return the rows of a buffer with holes that these nodes are, holes included, as `block` does.

        `real` tells the holes of what reads them, None if it has none.
        """
        for number in {*self.buffer[nodes].flat} & self._holed.keys():
            whole, entries, dead = self._holed[number]
            if whole.ndim != nodes.ndim or whole.shape[1:] != nodes.shape[1:]:
                continue
            row = prod(whole.shape[1:])
            start = int(self.offset[nodes.flat[0]]) // row if len(nodes) < len(whole) else 0
            rows = slice(start, start + len(nodes))
            same_holes = not dead or (real is not None and np.array_equal(entries[rows], real))
            if same_holes and np.array_equal(whole[rows], nodes):
                return self.buffers[number], start * row, nodes.shape, [*range(nodes.ndim)]
        return None

    def with_holes(self, *arguments: Ints) -> tuple[Ints, Ints | None] | None:
        """Return an order of operations in which an argument is all rows, or some, of a buffer with holes.

        The order has the shape of these rows. A hole is computed as the node whose number it repeats. Also return
        which entries are real ones, not holes; None if all are.
        """
        for nodes in arguments if self._holed else ():
            member = dict(zip(nodes.tolist(), range(len(nodes))))
            for number in {*self.buffer[nodes].flat} & self._holed.keys() if len(member) == len(nodes) else ():
                whole, real, _ = self._holed[number]
                order = np.array([member.get(node, -1) for node in whole.flat]).reshape(whole.shape)
                rows = np.flatnonzero((order >= 0).reshape(len(order), -1).all(1))
                order = order[rows]
                if len(rows) and len(rows) == rows[-1] - rows[0] + 1 and len({*order.flat}) == len(nodes):
                    return order, None if order.size == len(nodes) else real[rows]
        return None

    def holed(self, number: int) -> Holed:
        """Return the nodes of a buffer with holes."""
        return self._holed[number]

    def rows_with_holes(self, lists: Ints, real: Ints) -> tuple[Ints, Ints] | None:
        """Return which of these lists is which row of a buffer with holes, its real nodes; -1 for a row that is none.

        A row that is none has one node. Besides return the number of this node in each row, or of another of the row.

        - `lists`: lists of nodes, all of one buffer.
        - `real`: whether an entry belongs to its list.
        """
        number = self.buffer[lists[0, 0]]
        if number not in self._holed or (self.buffer[lists] != number)[real].any():
            return None
        whole, entries, _ = self._holed[number]
        length = whole.shape[-1]
        counts = entries.sum(-1).ravel()
        row = self.offset[lists[:, 0]] // length
        same_row = self.offset[lists] // length == row[:, None]
        each_once = len(distinct(lists[real])) == real.sum() and len(distinct(row)) == len(row)
        if not (same_row[real].all() and each_once and (real.sum(1) == counts[row]).all()):
            return None
        which = np.full(len(counts), -1)
        which[row] = np.arange(len(lists))
        if (counts[which < 0] != 1).any():
            return None
        shape = whole.shape[:-1]
        nodes = np.take_along_axis(whole, entries.argmax(-1)[..., None], -1)[..., 0]
        return which.reshape(shape), nodes

    def in_order(self, *lists: Ints) -> tuple[Ints, ...]:
        """Return lists of one row each, all in the order in which the first one lies whose gradient is asked for.

        What is added up may come in any order, and a slice needs no gathering, and its gradient no scattering. Lists
        stay as they are where no list of these is a slice in another order.
        """
        for nodes in lists:
            row = nodes[0]
            buffer = self.buffers[self.buffer[row[0]]]
            if not buffer.needs_grad or buffer.flat or (self.buffer[row] != self.buffer[row[0]]).any():
                continue
            order = np.argsort(self.offset[row], kind="stable")
            ordered = self.offset[row[order]]
            if (np.diff(ordered) == 1).all():
                return tuple(each[:, order] for each in lists)
            return lists
        return lists

    def arrange(self, *arguments: Ints) -> tuple[Ints, Shape]:
        """Return an order and a shape for a group of operations, in which an argument is a slice or a whole buffer.

        `arguments` are the first, second, ... argument of each operation. That with the most distinct nodes decides.
        """
        lead = arguments[0]
        if len(arguments) > 1:
            lead = max(arguments, key=lambda nodes: (len(set(nodes.tolist())), bool((self.offset[nodes] >= 0).all())))
        order = np.lexsort((self.offset[lead], self.buffer[lead]))
        lead = lead[order]
        number = self.buffer[lead[0]]
        buffer = self.buffers[number]
        same_buffer = buffer.size == len(lead) and (self.buffer[lead] == number).all()
        whole = same_buffer and (self.offset[lead] == np.arange(len(lead))).all()
        return order, buffer.shape if whole else lead.shape


def _steps(offsets: Ints) -> list[int]:
    """Return how far the offset moves with one step along each axis; along an axis of one node, as in an array."""
    first, shape = int(offsets.flat[0]), offsets.shape
    return [
        int(offsets.take(1, axis).flat[0]) - first if size > 1 else prod(shape[axis + 1 :])
        for axis, size in enumerate(shape)
    ]


def _steps_between(offsets: Ints, real: Ints) -> list[int] | None:
    """Return how far the offset moves from one real entry to the next along each axis; None if none are so."""
    steps = []
    for axis, size in enumerate(offsets.shape):
        ahead, behind = np.moveaxis(offsets, axis, 0), np.moveaxis(real, axis, 0)
        both = behind[1:] & behind[:-1]
        if size > 1 and not both.any():
            return None
        steps.append(int((ahead[1:] - ahead[:-1])[both][0]) if size > 1 else prod(offsets.shape[axis + 1 :]))
    return steps


def _slice_axes(steps: list[int], shape: Shape) -> tuple[list[int] | None, Shape]:
    """Return the axes along which the offset moves, those of larger steps first, and their sizes.

    The axes are None if no slice has these steps.
    """
    axes = sorted((axis for axis, step in enumerate(steps) if step), key=lambda axis: -steps[axis])
    sizes = tuple(shape[axis] for axis in axes)
    if any(shape[axis] > 1 and steps[axis] != prod(sizes[at:]) for at, axis in enumerate(axes, 1)):
        return None, sizes
    return axes, sizes


def _grid(start: int, steps: list[int], shape: Shape) -> Ints:
    """Return the offsets of a slice."""
    grid = np.full(shape, start)
    for axis, step in enumerate(steps):
        grid += step * np.arange(shape[axis]).reshape(-1, *[1] * (len(shape) - axis - 1))
    return grid
