"""Pass 6, emit: lines of plain Python over an array namespace, forward and then backward.

`dz` is the gradient of z, the last axis is the batch, and `share` is what one row counts in the mean over all.
What is not a view of one array is gathered from the pool, which has a copy of all arrays that need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..names import array_name
from .group import FEW
from .layout import CONSTANTS, PARAMETERS, Layout
from .parts import Part
from .tape import Ints, Tape
from .view import View, joined, wrapped

# What becomes an array: a letter for its name, its nodes, and what it is the sum of.
Plan = tuple[str, Ints, list[Part]]


class Reader:
    """Gives views, and writes the lines that they need; `constants` are the index arrays that these lines name."""

    def __init__(self, tape: Tape) -> None:
        self.tape, self.layout = tape, Layout(tape)
        self.forward, self.backward = list[str](), list[str]()
        self.constants: dict[str, Any] = {}
        self.pool = 0  # how many nodes are in it
        self.matrices: dict[str, View] = {}
        self._gathered: dict[Any, View] = {}

    def views(self, *arguments: Ints) -> list[View]:
        """How to read arguments that meet each other; at least one of them gives the shape."""
        views, shape = [self.view(nodes) for nodes in arguments], arguments[0].shape
        return views if any(view.shape == shape for view in views) else [self.view(arguments[0], True), *views[1:]]

    def view(self, nodes: Ints, full: bool = False, matrix: bool = False) -> View:
        """How to read these nodes; if it must be `full`, not as something that broadcasts to their shape.

        As a `matrix`, parameters and constants may stay without a last axis.
        """
        self.layout.settle(nodes)
        numbers = set() if full or nodes.min() < self.tape.first_constant else {*self.tape.values[nodes].flat}
        if len(numbers) == 1:
            return View(wrapped(repr(float(*numbers))), (), lambda d, _: None)
        block = self.layout.block(nodes)
        if not block or (full and len(block[3]) < nodes.ndim):
            return self._joined(nodes) or self._gather(nodes)
        array, start, shape, axes = block
        view = array.block(start, shape)
        view = self._matrix(view, nodes) if array is self.layout.arrays[PARAMETERS] else view
        view = view.transposed([axes.index(axis) for axis in sorted(axes)])
        return view if matrix and view.flat else view.spread(sorted(axes), nodes.ndim)

    def _matrix(self, block: View, nodes: Ints) -> View:
        """A block of parameters under a name of its own."""
        if block.text in self.matrices:
            return self.matrices[block.text]
        labels = {self.tape.labels[node] for node in nodes.ravel().tolist()}
        name = array_name(labels, len(block.shape), {view.text for view in self.matrices.values()})
        known: list[str] = []

        def give(d: str, _: bool) -> None:
            self.backward.append(f"d{name} = {' + '.join([*known, d])}")
            if not known:
                known.append(f"d{name}")
                block.give(f"d{name}", False)

        self.matrices[block.text] = block._replace(text=name, give=give)
        return self.matrices[block.text]

    def _joined(self, nodes: Ints) -> View | None:
        """A few blocks of arrays, one after the other; None if these nodes are not that."""
        row = nodes.ravel()
        home, place = self.layout.array[row], self.layout.place[row]
        ends = 1 + np.flatnonzero((home[1:] != home[:-1]) | (place[1:] != place[:-1] + 1))
        views = [self.view(block, full=True) for block in np.split(row, ends)] if len(ends) < FEW else []
        if len({view.batched for view in views}) != 1:
            return None
        name = f"j{next(self.layout.numbers['j'])}"
        self.forward.append(f"{name} = concatenate([{', '.join(view.text for view in views)}])")
        return joined(name, views, self.backward.append).reshaped(nodes.shape)

    def _gather(self, nodes: Ints) -> View:
        """Nodes of several arrays, or in no order: once for all who read the same ones."""
        key, home = (nodes.tobytes(), nodes.shape), self.layout.array[nodes]
        if key in self._gathered:
            return self._gathered[key]
        arrays = {number: self.layout.arrays[number] for number in sorted({*home.ravel().tolist()})}
        most = {PARAMETERS: self.tape.first_input, CONSTANTS: self.tape.size - self.tape.first_constant}  # in the end
        starts = np.zeros(len(self.layout.arrays), int)
        for number, array in arrays.items():
            if array.pooled is None:
                array.pooled, self.pool = self.pool, self.pool + most.get(number, array.size)
                self.forward.append(f"pool = store(pool, {array.pooled}, {array.column})")
            starts[number] = array.pooled
        places, count = self.layout.place[nodes] + starts[home], len(self.constants) + 1
        self.constants[f"i{count}"] = places
        self.forward.append(f"g{count} = pool[i{count}]")
        adder = "add_at" if len({*places.ravel().tolist()}) == places.size else "scatter"
        learns = any(array.learns for array in arrays.values())
        add = f"dpool = {adder}(dpool, i{count}, {{}})".format
        self._gathered[key] = View(f"g{count}", nodes.shape, lambda d, _: self.backward.append(add(d)), True, learns)
        return self._gathered[key]


def emit(plans: Iterable[Plan], outputs: Ints, reader: Reader) -> bool:
    """Complete a reader's `forward` and `backward`; whether the outputs differ from row to row."""
    layout, forward, backward = reader.layout, reader.forward, reader.backward
    shares: list[list[tuple[View, str, bool]]] = []
    for letter, nodes, parts in plans:
        batched = any(view.batched for part in parts for view in part.reads)
        array = layout.add(letter, nodes, batched, any(any(part.learns) for part in parts))
        written = [part.write(array.name, array.batched) for part in parts]
        shape = ", ".join([*map(str, array.shape), "batch" if array.batched else "1"])
        forward.append(f"{array.name} = {' + '.join(text for text, _ in written)}  # ({shape})")
        shares.append([share for _, given in written for share in given])

    (result,) = reader.views(outputs)
    if result.learns:
        result.give("dy", result.batched)
    for array, given in zip(reversed(layout.arrays), reversed(shares)):
        lines = array.gradient() if array.learns else []
        backward += lines
        for view, gradient, batched in given if lines else ():
            view.give(gradient, batched)
    layout.settle(np.arange(len(layout.place)))  # what nothing uses comes last
    backward += [*(layout.arrays[PARAMETERS].gradient() or ["dp = zeros_like(p)"]), "return share * y.sum(), dp"]

    pool = [f"pool = zeros(({reader.pool}, x.shape[-1]))"] * bool(reader.pool)
    ones = ["ones = full_like(y[0], 1.0)"] * any("@ ones" in line for line in backward)
    head = [f"{view.text} = {block}" for block, view in reader.matrices.items()]
    forward[:] = [*head, *pool, *forward, f"y = {result.text}"]
    backward[:] = ["dy = full_like(y, share)", *ones, *("d" + line for line in pool), *backward]
    return result.batched
