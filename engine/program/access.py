"""Choose how a program reads its nodes: as a view of one buffer, as a few views joined, or gathered one by one.

What is not a view is gathered from the packed buffer, which has a copy of all buffers that need it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Sequence
from itertools import count, groupby
from operator import itemgetter
from typing import Any

import numpy as np

from ..naming import array_labels
from ..ops import ALIASES, OPS
from ..printer import array_name, label_stems, usable_name
from .codegen import factor
from .defined import SOURCE_NAMES, names_of
from .group import FEW_TERMS
from .layout import INPUTS, PARAMETERS, Block, Layout
from .tape import Ints, Tape
from .view import View, join

# What no block of parameters can be called, beside operations, and letters with numbers.
TAKEN = SOURCE_NAMES | {"__debug__"}


def is_triangle(real: Ints) -> bool:
    """Return whether all blocks hold at each row one entry more than at the row above, from the first one on."""
    return real.ndim > 1 and bool(
        (real == np.tril(np.ones(real.shape[-2:], bool), real.shape[-1] - real.shape[-2])).all()
    )


class TakenNames:
    """The names that a block of parameters cannot have: those of Python, of the source, of others, of gradients."""

    def __init__(self) -> None:
        self._blocks: set[str] = set()

    def add(self, name: str) -> None:
        """Give a name to a block."""
        self._blocks.add(name)

    def __contains__(self, name: Any) -> bool:
        # The gradient of a name is dname. So neither may be in use, and the name may be no gradient of another's.
        return any(map(self._is_used, (name, f"d{name}", name.removeprefix("d"))))

    def _is_used(self, name: str) -> bool:
        if re.fullmatch(r"(triangle|mask)\d+", name):
            return True
        return name in self._blocks or name in TAKEN or name in OPS or name in ALIASES or keyword.iskeyword(name)


class Lines:
    """The lines of a program as they are written, and the arrays that they name: of indices, and masks."""

    def __init__(self) -> None:
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.indices: dict[str, Ints] = {}
        self.masks: dict[str, Any] = {}
        self.has_zeros: bool = False  # whether products by zeros are added, which count for nothing

    def mask(self, real: Ints) -> str:
        """Return the name of an array that is 1 where `real` holds, else 0, and that broadcasts over the batch."""
        self.has_zeros = True
        mask = real[..., None] * 1.0
        for name, known in self.masks.items():
            if np.array_equal(known, mask):
                return name
        kind = "triangle" if is_triangle(real) else "mask"
        name = f"{kind}{1 + sum(name.startswith(kind) for name in self.masks)}"
        self.masks[name] = mask
        return name


class Matrices:
    """Blocks of parameters under names of their own, such as W1."""

    def __init__(self, tape: Tape, lines: Lines, taken: TakenNames, claimed: Container[str]) -> None:
        self._tape, self._lines, self._taken, self._claimed = tape, lines, taken, claimed
        self._views: dict[str, View] = {}  # by the text of the block
        self._definitions: list[str] = []

    def named(self, block: View, nodes: Ints) -> View:
        """Return a block of parameters under its own name, which is made of the labels of its nodes."""
        if block.text not in self._views:
            name = self._defined(block, nodes)
            self._views[block.text] = self._renamed(block, name, name)
        return self._views[block.text]

    def name_list(self, whole: View, parts: Sequence[View], nodes: Ints) -> None:
        """Give a list of parameters one name, w, by which its parts are read: w[0:1], w[1:2], ...; once."""
        if not any(part.text in self._views for part in parts):
            name = self._defined(whole, nodes)
            for place, part in enumerate(parts):
                self._taken.add(f"{name}_{place}")
                self._views[part.text] = self._renamed(part, f"{name}[{place}:{place + 1}]", f"{name}_{place}")

    def definitions(self) -> list[str]:
        """Return the lines that define the names."""
        return self._definitions

    def _defined(self, block: View, nodes: Ints) -> str:
        """Write the line that defines a name for a block, and return the name."""
        flat, rank = nodes.ravel(), len(block.shape)
        labels = array_labels(self._tape.labels[node] for node in flat.tolist())
        role = "w" if self._tape.is_factor[flat].any() else "b" if self._tape.is_term[flat].any() else "s"
        name = array_name(labels, rank, self._taken, role, self._claimed)
        self._taken.add(name)
        self._definitions.append(f"{name} = {block.text}")
        return name

    def _renamed(self, block: View, text: str, name: str) -> View:
        """Return a block that is read as `text`, and whose gradient is called d and its `name`."""
        seen = False

        def contribute(gradient: str, batched: bool) -> None:
            nonlocal seen
            if seen:
                self._lines.backward.append(f"d{name} = d{name} + {gradient}")
            else:
                seen = True
                self._lines.backward.append(f"d{name} = {gradient}")
                block.contribute(f"d{name}", False)

        return block._replace(text=text, contribute=contribute)


class Packed:
    """The packed buffer: copies of the buffers from which nodes are gathered, one after the other."""

    def __init__(self, layout: Layout, lines: Lines) -> None:
        self.size: int = 0  # in nodes
        self._layout, self._lines = layout, lines
        self._views: dict[tuple[bytes, tuple[int, ...]], View] = {}
        self._numbers = count(1)

    def view(self, nodes: Ints) -> View:
        """Return a view of nodes of several buffers, or in no order; the same one for all who read the same nodes."""
        key = nodes.tobytes(), nodes.shape
        if key not in self._views:
            self._views[key] = self._gather(nodes)
        return self._views[key]

    def definitions(self) -> list[str]:
        """Return the line that makes the buffer, if it is needed."""
        return [f"packed = zeros(({self.size}, x.shape[-1]))"] if self.size else []

    def _gather(self, nodes: Ints) -> View:
        layout, lines = self._layout, self._lines
        numbers = sorted({*layout.buffer[nodes].ravel().tolist()})
        if numbers == [INPUTS]:  # which get no gradient, and are an array as they are
            return self._gather_inputs(nodes)
        starts = np.zeros(len(layout.buffers), int)
        for each in numbers:
            starts[each] = self._start(each)
        rows = layout.offset[nodes] + starts[layout.buffer[nodes]]
        number = self._new_number()
        lines.indices[f"i{number}"] = rows
        lines.forward.append(f"g{number} = packed[i{number}]")
        distinct = len({*rows.ravel().tolist()}) == rows.size
        add = "add_at" if distinct else "scatter"

        def contribute(gradient: str, batched: bool) -> None:
            lines.backward.append(f"dpacked = {add}(dpacked, i{number}, {gradient})")

        needs_grad = any(layout.buffers[each].needs_grad for each in numbers)
        return View(f"g{number}", nodes.shape, contribute, True, needs_grad)

    def _gather_inputs(self, nodes: Ints) -> View:
        number = self._new_number()
        self._lines.indices[f"i{number}"] = self._layout.offset[nodes]
        self._lines.forward.append(f"g{number} = {self._layout.buffers[INPUTS].name}[i{number}]")
        return View(f"g{number}", nodes.shape, lambda gradient, batched: None, True)

    def _new_number(self) -> int:
        """Return a number for an index array, i1, and what is gathered by it, g1."""
        claimed = self._layout.claimed
        return next(number for number in self._numbers if f"i{number}" not in claimed and f"g{number}" not in claimed)

    def _start(self, number: int) -> int:
        """Return where the copy of a buffer starts; write the line that copies it, if it is not there yet."""
        buffer = self._layout.buffers[number]
        if buffer.packed_at is None:
            buffer.packed_at = self.size
            self.size += self._layout.final_size(number)
            self._lines.forward.append(f"packed = store(packed, {buffer.packed_at}, {buffer.column})")
        return buffer.packed_at


class Access:
    """Gives views of nodes, and writes the lines that these views need."""

    tape: Tape
    layout: Layout
    lines: Lines

    def __init__(self, tape: Tape) -> None:
        self.tape, self.layout, self.lines = tape, Layout(tape), Lines()
        self._products: dict[tuple[str, str], str] = {}  # the name of a view times a mask
        self._copies: dict[str, str] = {}  # the name of a view that is copied
        self.taken = taken = TakenNames()
        for name in names_of(tape.ops):
            taken.add(name)
        is_usable = usable_name(tape.root_label) or tape.root_label in self.layout.claimed
        self._root = tape.root_label if is_usable and tape.root_label not in taken else ""
        if self._root:
            taken.add(self._root)
        self.matrices: Matrices = Matrices(tape, self.lines, taken, self.layout.claimed)
        self.packed: Packed = Packed(self.layout, self.lines)

    def root_name(self, nodes: Ints) -> str:
        """Return the name that a user gave the root if these nodes are the root alone, else ""."""
        return self._root if nodes.size == 1 and nodes.flat[0] == self.tape.outputs[0] else ""

    def views(self, *arguments: Ints, real: Ints | None = None) -> list[View]:
        """Return views of arrays of nodes that are combined number by number; one at least has the full shape.

        `real` tells the holes of the result, None if it has none.
        """
        views, shape = [self.view(nodes, real=real) for nodes in arguments], arguments[0].shape
        if not any(view.shape == shape for view in views):
            views[0] = self.view(arguments[0], full=True, real=real)
        return views

    def view(self, nodes: Ints, full: bool = False, matrix: bool = False, real: Ints | None = None) -> View:
        """Return a view of an array of nodes.

        - `nodes`: the nodes.
        - `full`: whether the view must have their shape, and not only one that broadcasts to it.
        - `matrix`: whether parameters and constants may stay without a batch axis.
        - `real`: the holes of what is computed number by number from it, if that has holes.
        """
        self.layout.place_leaves(nodes)
        if not full and nodes.min() >= self.tape.first_constant:
            numbers = {*self.tape.values[nodes].flat}
            if len(numbers) == 1:
                return View(factor(repr(float(*numbers))), (), lambda gradient, batched: None)
        block = self.layout.block(nodes) or self.layout.holed_block(nodes, real)
        if not block or (full and len(block[3]) < nodes.ndim):
            return (
                self._masked(nodes)
                or (None if full else self._spread(nodes))
                or self._joined(nodes)
                or self.packed.view(nodes)
            )
        return self._block_view(block, nodes, matrix)

    def _block_view(self, block: Block, nodes: Ints, matrix: bool = False) -> View:
        """Return the view of a block of a buffer in the form of these nodes."""
        buffer, start, shape, axes = block
        view = buffer.block(start, shape)
        if buffer is self.layout.buffers[PARAMETERS]:
            view = self.matrices.named(view, nodes)
        view = view.transposed([axes.index(axis) for axis in sorted(axes)])
        return view if matrix and view.flat else view.spread(sorted(axes), nodes.ndim)

    def rows(self, number: int) -> View:
        """Return a view of a whole buffer with holes in which these are 0."""
        nodes, real, _ = self.layout.holed(number)
        return self._multiplied(self.layout.buffers[number].block(0, nodes.shape), real)

    def columns(self, nodes: Ints) -> View:
        """Return a view of a matrix of nodes; one that lies the other way is copied once, all columns of all rows."""
        view = self.view(nodes, full=True)
        if not view.text.startswith("transpose("):
            return view
        if view.text not in self._copies:
            self._copies[view.text] = self.layout.new_name("t")
            self.lines.forward.append(f"{self._copies[view.text]} = {view.text}.reshape({len(nodes)}, -1)")
        return view._replace(text=self._copies[view.text], columns=True)

    def is_flat(self, nodes: Ints) -> bool:
        """Return whether nodes are a slice of the parameters or the constants."""
        self.layout.place_leaves(nodes)
        block = self.layout.block(nodes)
        return block is not None and block[0].flat and len(block[3]) == nodes.ndim

    def unordered(self, nodes: Ints, letters: str) -> tuple[View, str]:
        """Return a view of an array of nodes with its axes in the order in which they lie, if it is a slice.

        Besides return the letters of its axes. `letters` are those of the axes of `nodes`.
        """
        self.layout.place_leaves(nodes)
        real = nodes != self.tape.size - 1
        block = self.layout.block(nodes) if real.all() else self.layout.masked_block(nodes, real)
        if not block or block[0].flat or len(block[3]) < nodes.ndim:
            return self.view(nodes, full=True), letters
        buffer, start, shape, axes = block
        view = buffer.block(start, shape)
        if not real.all():
            view = self._multiplied(view, real.transpose(axes))
        return view, "".join(letters[axis] for axis in axes)

    def _multiplied(self, view: View, real: Ints) -> View:
        """Return a view with zeros where entries are not real, under a name of its own."""
        mask = self.lines.mask(real)
        key = view.text, mask
        if key not in self._products:
            self._products[key] = self.layout.new_name("m")
            self.lines.forward.append(f"{self._products[key]} = {factor(view.text)} * {mask}")
        return view.multiplied(self._products[key], mask, real.shape)

    def _masked(self, nodes: Ints) -> View | None:
        """Return a view of a slice of a buffer in which some nodes are zeros instead; None for other nodes."""
        real = nodes != self.tape.size - 1
        if real.all() or nodes.ndim < 2:
            return None
        block = self.layout.masked_block(nodes, real)
        return block and self._multiplied(self._block_view(block, nodes), real)

    def _spread(self, nodes: Ints) -> View | None:
        """Return a view of nodes that are the same along some axes; None where they are not."""
        alike = [axis for axis in range(nodes.ndim) if (nodes == nodes.take([0], axis)).all()]
        axes = [axis for axis in range(nodes.ndim) if axis not in alike]
        if not alike or not axes:
            return None
        first = nodes[tuple(0 if axis in alike else slice(None) for axis in range(nodes.ndim))]
        return self.view(first, full=True).spread(axes, nodes.ndim)

    def name_lists(self, nodes: Ints) -> None:
        """Give parameters of one array one name, if they lie one after the other and are read for the first time."""
        if nodes.max() >= self.tape.first_input:
            return
        self.layout.place_leaves(nodes)
        labels = [self.tape.labels[node] for node in nodes.tolist()]
        known = array_labels(labels)
        stems = [label_stems([label if label in known else known[0]]) for label in labels]
        for _, group in groupby(zip(stems, nodes.tolist()), itemgetter(0)):
            together = [node for _, node in group]
            part = np.array(together)
            block = self.layout.block(part)
            if len(part) > 1 and block and block[2] == part.shape:
                buffer, start = block[:2]
                views = [buffer.block(start + place, (1,)) for place in range(len(part))]
                self.matrices.name_list(buffer.block(start, part.shape), views, part)

    def _joined(self, nodes: Ints) -> View | None:
        """Return a few slices of buffers, joined; None if the nodes are not that, or differ in their batch axis."""
        row = nodes.ravel()
        buffer, offset = self.layout.buffer[row], self.layout.offset[row]
        ends = 1 + np.flatnonzero((buffer[1:] != buffer[:-1]) | (offset[1:] != offset[:-1] + 1))
        if len(ends) >= FEW_TERMS:
            return None
        views = [self.view(part, full=True) for part in np.split(row, ends)]
        if len({view.batched for view in views}) != 1:
            return None
        name = self.layout.new_name("j")
        self.lines.forward.append(f"{name} = concatenate([{', '.join(view.text for view in views)}])")
        return join(name, views, self.lines.backward.append).reshaped(nodes.shape)
