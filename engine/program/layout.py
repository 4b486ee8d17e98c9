"""Pass 5, lay out: which buffer holds each node, and which nodes are a view of one buffer.

Parameters and constants are laid out in the order in which they are first used. So the weights of a layer lie as the
matrix that they are.
"""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..naming import Label
from ..printer import CLAIMABLE, layer_numbers
from .codegen import Shape
from .tape import Ints, Tape
from .view import Buffer

if TYPE_CHECKING:
    from collections.abc import Collection

PARAMETERS, INPUTS, CONSTANTS = range(3)  # the first three buffers


class Layout:
    """Where each node is: `buffer[node]` is the number of its buffer, `offset[node]` its place there, or -1."""

    def __init__(self, tape: Tape) -> None:
        inputs, constants = tape.first_op - tape.first_input, tape.size - tape.first_constant
        operations = tape.first_constant - tape.first_op
        sizes = [tape.first_input, inputs, operations, constants]
        self.buffer = np.repeat([PARAMETERS, INPUTS, -1, CONSTANTS], sizes)
        self.offset = np.full(tape.size, -1)
        self.offset[tape.first_input : tape.first_op] = np.arange(inputs)
        self.buffers = [
            Buffer("p", (0,), batched=False, needs_grad=True, flat=True),
            Buffer("x", (inputs,), batched=True, needs_grad=False),
            Buffer("c", (0,), batched=False, needs_grad=False, flat=True),
        ]
        self._sizes = {PARAMETERS: tape.first_input, CONSTANTS: constants}
        self._layers = layer_numbers(tape.labels)
        labels = [*tape.labels, tape.root_label]
        # Names that the user's labels claim. Those of a model's parameters name arrays of them, and claim nothing.
        by_hand = not any(isinstance(label, Label) for label in tape.labels)
        self.claimed = frozenset(label for label in labels if by_hand and CLAIMABLE.fullmatch(label))
        self._names = {*self.claimed}
        self._numbers: dict[str, int] = {}  # the latest number of each letter: all up to it are taken

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

    def add(self, name: str, nodes: Ints, batched: bool, needs_grad: bool) -> Buffer:
        """Make a buffer that holds these nodes in this shape.

        - `name`: its name.
        - `nodes`: an array of nodes.
        - `batched`: whether its numbers differ from row to row.
        - `needs_grad`: whether its gradient is asked for.
        """
        self.buffer[nodes] = len(self.buffers)
        self.offset[nodes] = np.arange(nodes.size).reshape(nodes.shape)
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

    def block(self, nodes: Ints) -> tuple[Buffer, int, Shape, list[int]] | None:
        """Return the slice of one buffer that these nodes are, perhaps with axes in another order; None for no slice.

        The slice is a buffer, the offset where it starts, its shape, and for each of its axes the axis of `nodes`.
        Along the other axes of `nodes`, all nodes are the same.
        """
        number, offsets = self.buffer[nodes], self.offset[nodes]
        if (number != number.flat[0]).any():
            return None
        start, shape = int(offsets.flat[0]), offsets.shape
        steps = _steps(offsets)
        axes = sorted((axis for axis, step in enumerate(steps) if step), key=lambda axis: -steps[axis])
        sizes = tuple(shape[axis] for axis in axes)
        if any(shape[axis] > 1 and steps[axis] != prod(sizes[at:]) for at, axis in enumerate(axes, 1)):
            return None
        grid: Any = start
        for axis in axes:
            grid = grid + steps[axis] * np.arange(shape[axis]).reshape(-1, *[1] * (offsets.ndim - axis - 1))
        return (self.buffers[number.flat[0]], start, sizes, axes) if (grid == offsets).all() else None

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
