"""Buffers and views: a buffer is an array of a program, a view is a way to read a part of it, and knows the way back.

The last axis is the batch, or 1 where rows do not differ. A flat array has none: parameters, and constants.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from .codegen import Shape, factor, reshaped, transposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_TERMS = 8  # that are added up in one line


class View(NamedTuple):
    """A way to read an array: an expression, and what becomes of its gradient.

    - `text`: the expression.
    - `shape`: its shape, without the batch axis.
    - `contribute`: takes the text of a gradient in that shape, and whether the gradient differs from row to row;
      hands it on to what the view reads.
    - `batched`: whether its numbers differ from row to row.
    - `needs_grad`: whether its gradient is asked for.
    - `flat`: whether it has no batch axis.
    - `masked`: whether a mask makes some of its numbers 0.
    - `columns`: whether its second axis and the batch are one axis of the expression.
    """

    text: str
    shape: Shape
    contribute: Callable[[str, bool], None]
    batched: bool = False
    needs_grad: bool = False
    flat: bool = False
    masked: bool = False
    columns: bool = False

    def reshaped(self, shape: Shape) -> View:
        """Return the view in another shape."""
        if shape == self.shape:
            return self
        text = reshaped(self.text, self.shape, shape, self.flat)
        back = self._after(lambda gradient: reshaped(gradient, shape, self.shape, self.flat))
        return self._replace(text=text, shape=shape, contribute=back)

    def transposed(self, order: Sequence[int]) -> View:
        """Return the view with its axis number order[k] as axis k."""
        if order == sorted(order):
            return self
        inverse = sorted(range(len(order)), key=order.__getitem__)
        text, shape = transposed(self.text, order, self.flat), tuple(self.shape[axis] for axis in order)
        back = self._after(lambda gradient: transposed(gradient, inverse, self.flat))
        return self._replace(text=text, shape=shape, contribute=back)

    def spread(self, axes: Sequence[int], rank: int) -> View:
        """Return the view so that it broadcasts to `rank` axes and the batch: its own axes are these `axes`."""
        others = tuple(axis for axis in range(rank) if axis not in axes)
        if not others and not self.flat:
            return self
        index = ["None" if axis in others else ":" for axis in range(rank)]
        if self.flat:
            index.append("None")
        text = f"{self.text}[{', '.join(index)}]" if "None" in index and axes else self.text
        text = text.replace("][:, None]", ", None]")  # a part of a list takes its axis and the batch's at once

        def contribute(gradient: str, batched: bool) -> None:
            if others:
                gradient = f"{factor(gradient)}.sum({others[0] if len(others) == 1 else others})"
            if not self.flat:
                self.contribute(gradient, batched)
            elif batched and len(axes) == 1:  # a product with ones sums over the batch in half the time
                self.contribute(f"{gradient} @ ones", False)
            else:
                self.contribute(f"{factor(gradient)}.sum(-1)", False)

        return self._replace(text=text, contribute=contribute, flat=False)

    def multiplied(self, name: str, mask: str, shape: Shape) -> View:
        """Return the view of this shape with zeros where a mask has them; they get no gradient.

        - `name`: the name that the product has.
        - `mask`: the name of the mask.
        """
        back = self._after(lambda gradient: f"{factor(gradient)} * {mask}")
        return self._replace(text=name, shape=shape, contribute=back, masked=True)

    def _after(self, change: Callable[[str], str]) -> Callable[[str, bool], None]:
        """Return this view's `contribute`, after a change of the gradient's text."""
        return lambda gradient, batched: self.contribute(change(gradient), batched)


def join(name: str, views: Sequence[View], write: Callable[[str], None]) -> View:
    """Return a view of an array that holds these lists one after the other.

    - `name`: the array's name.
    - `views`: the lists, each of one axis.
    - `write`: takes the line that names the array's gradient.
    """

    def contribute(gradient: str, batched: bool) -> None:
        write(f"d{name} = {gradient}")
        end = 0
        for view in views:
            start, end = end, end + view.shape[0]
            if view.needs_grad:
                view.contribute(f"d{name}[{start}:{end}]", batched)

    size = sum(view.shape[0] for view in views)
    return View(name, (size,), contribute, views[0].batched, any(view.needs_grad for view in views))


class Contribution(NamedTuple):
    """What is added to the gradient of a part of a buffer: from which node on, to how many nodes, and what."""

    start: int
    size: int
    text: str


class Buffer:
    """An array of nodes, and what contributes to its gradient.

    - `name`: its name in the source.
    - `shape`: its shape, without the batch axis.
    - `batched`: whether its numbers differ from row to row.
    - `needs_grad`: whether its gradient is asked for.
    - `flat`: whether it has no batch axis; it may still grow.
    """

    name: str
    shape: Shape
    batched: bool
    needs_grad: bool
    flat: bool

    def __init__(self, name: str, shape: Shape, batched: bool, needs_grad: bool, flat: bool = False) -> None:
        self.name, self.shape, self.batched, self.needs_grad, self.flat = name, shape, batched, needs_grad, flat
        self.contributions: list[Contribution] = []
        self.packed_at: int | None = None  # where its copy in the packed buffer starts

    @property
    def size(self) -> int:
        """How many nodes it holds."""
        return prod(self.shape)

    @property
    def column(self) -> str:
        """All of its nodes along one axis, and the batch."""
        column = reshaped(self.name, self.shape, (self.size,), self.flat)
        return f"{column}[:, None]" if self.flat else column

    def block(self, start: int, shape: Shape) -> View:
        """Return a view of the nodes from `start` on, as many as this shape has; () is the shape of one node."""
        size = prod(shape)
        whole = size == self.size and not self.flat
        held = self.shape if whole else (size,)  # the shape in which contributions are kept
        row = prod(self.shape[1:])
        if whole and shape:
            text, seen = self.name, held
        elif shape and len(self.shape) > 1 and start % row == 0 and size % row == 0:
            text, seen = f"{self.name}[{start // row}:{(start + size) // row}]", (size // row, *self.shape[1:])
        elif shape:
            text, seen = f"{reshaped(self.name, self.shape, (self.size,), self.flat)}[{start}:{start + size}]", held
        else:
            text, seen = f"{reshaped(self.name, self.shape, (self.size,), self.flat)}[{start}]", ()

        def contribute(gradient: str, batched: bool) -> None:
            if batched and not self.batched and not self.flat:
                gradient = f"{factor(gradient)}.sum(-1, keepdims=True)"
            gradient = reshaped(gradient, seen, held, self.flat)
            self.contributions.append(Contribution(start, size, gradient))

        return View(text, seen, contribute, self.batched, self.needs_grad, self.flat).reshaped(shape)

    def gradient(self) -> list[str]:
        """Return the lines that add up its contributions; none if there are no contributions."""
        name, column = f"d{self.name}", (self.size,)
        wholes = self._whole_contributions()
        parts = self._part_contributions()
        segments = _added_segments(parts, self.size)
        if segments:
            joined = f"concatenate([{', '.join(segments)}])"
            wholes, parts = [*wholes, reshaped(joined, column, self.shape, self.flat)], []
        total = " + ".join(wholes)
        if not parts and len(wholes) > MOST_TERMS:  # of the turns of a loop, perhaps
            return [f"{name} = {wholes[0]}", *(f"{name} = {name} + {each}" for each in wholes[1:])]
        if not parts:
            return [f"{name} = {total}"] if wholes else []
        # The parts are added in place, so the total must be an array of its own and not another one's gradient.
        total = f"0.0 + {total}" if wholes else f"zeros_like({self.name})"
        lines = [f"{name} = {reshaped(total, self.shape, column, self.flat)}"]
        for start, size, text in parts:
            lines.append(f"{name} = add_at({name}, slice({start}, {start + size}), {text})")
        if len(self.shape) > 1:
            lines.append(f"{name} = {reshaped(name, column, self.shape, self.flat)}")
        return lines

    def _part_contributions(self) -> list[Contribution]:
        """Return the contributions to parts of its nodes, sorted; those to the same part as one sum."""
        texts: dict[tuple[int, int], list[str]] = {}
        for start, size, text in self.contributions:
            if size < self.size:
                texts.setdefault((start, size), []).append(text)
        return sorted(Contribution(*part, " + ".join(each)) for part, each in texts.items())

    def _whole_contributions(self) -> list[str]:
        """Return the contributions to all of its nodes; equal ones as one, times their number."""
        counts = Counter(each.text for each in self.contributions if each.size == self.size)
        wholes = [text if times == 1 else f"{times} * {factor(text)}" for text, times in counts.items()]
        if self.packed_at is not None:
            text = f"dpacked[{self.packed_at}:{self.packed_at + self.size}]"
            if not self.batched:
                text += ".sum(-1)" if self.flat else ".sum(-1, keepdims=True)"
            wholes.append(reshaped(text, (self.size,), self.shape, self.flat))
        return wholes


def _added_segments(parts: Sequence[Contribution], size: int) -> list[str]:
    """Return what is added to segments that follow each other from 0 to `size`, between all ends of parts.

    The list is empty where a segment gets nothing. It is empty, too, where a part that reaches over several segments
    is an expression and no name: each of them would compute it again.

    >>> _added_segments([Contribution(0, 1, "da"), Contribution(0, 2, "db")], 2)
    ['da + db[0:1]', 'db[1:2]']
    >>> _added_segments([Contribution(0, 1, "da")], 2)
    []
    >>> _added_segments([Contribution(0, 1, "da"), Contribution(0, 2, "a * b")], 2)
    []
    """
    ends = sorted({0, size, *(part.start for part in parts), *(part.start + part.size for part in parts)})
    segments = []
    for low, high in pairwise(ends):
        over = [part for part in parts if part.start <= low and high <= part.start + part.size]
        cut = [part for part in over if part.size > high - low]
        if not over or not all(part.text.isidentifier() for part in cut):
            return []
        texts = [
            f"{part.text}[{low - part.start}:{high - part.start}]" if part in cut else part.text for part in over
        ]
        segments.append(" + ".join(texts))
    return segments
