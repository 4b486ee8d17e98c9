"""Arrays as text: each way to look at one knows how a gradient finds its way back through it.

The last axis is the batch, or 1 where rows do not differ; a flat array, of parameters or constants, has none.
"""

from __future__ import annotations

import re
from collections import Counter
from math import prod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Shape = tuple[int, ...]


class View(NamedTuple):
    """An expression in the shape that a step computes in, the last axis aside.

    `give` takes on a gradient in that shape, and whether it differs from row to row.
    """

    text: str
    shape: Shape
    give: Callable[[str, bool], None]
    batched: bool = False
    learns: bool = False
    flat: bool = False

    def reshaped(self, shape: Shape) -> View:
        if shape == self.shape:
            return self
        text = reshaped(self.text, self.shape, shape, self.flat)
        back = self._back(lambda d: reshaped(d, shape, self.shape, self.flat))
        return self._replace(text=text, shape=shape, give=back)

    def transposed(self, order: Sequence[int]) -> View:
        """Its axis number `order[k]` as axis k."""
        if order == sorted(order):
            return self
        back = sorted(range(len(order)), key=order.__getitem__)
        text, shape = transposed(self.text, order, self.flat), tuple(self.shape[axis] for axis in order)
        return self._replace(text=text, shape=shape, give=self._back(lambda d: transposed(d, back, self.flat)))

    def spread(self, axes: Sequence[int], rank: int) -> View:
        """Its axes as these of so many, the same along all others; and with a last axis if it has none."""
        over = tuple(axis for axis in range(rank) if axis not in axes)
        if not over and not self.flat:
            return self
        index = ["None" if axis in over else ":" for axis in range(rank)] + ["None"] * self.flat

        def back(d: str, many: bool) -> None:
            d = f"{wrapped(d)}.sum({over[0] if len(over) == 1 else over})" if over else d
            if self.flat:  # a product with ones sums over the batch in half the time
                d, many = f"{d} @ ones" if many and len(axes) == 1 else f"{wrapped(d)}.sum(-1)", False
            self.give(d, many)

        text = f"{self.text}[{', '.join(index)}]" if "None" in index and axes else self.text
        return self._replace(text=text, give=back, flat=False)

    def _back(self, change: Callable[[str], str]) -> Callable[[str, bool], None]:
        return lambda d, many: self.give(change(d), many)


def joined(name: str, views: Sequence[View], write: Callable[[str], None]) -> View:
    """What is called so, and is these lists one after the other; `write` takes the line that names its gradient."""

    def give(d: str, many: bool) -> None:
        write(f"d{name} = {d}")
        end = 0
        for view in views:
            start, end = end, end + view.shape[0]
            if view.learns:
                view.give(f"d{name}[{start}:{end}]", many)

    size = sum(view.shape[0] for view in views)
    return View(name, (size,), give, views[0].batched, any(view.learns for view in views))


class Array:
    """One array of nodes; `given` are the gradients of its parts: from where on, how many, and what."""

    def __init__(self, name: str, shape: Shape, batched: bool, learns: bool, flat: bool = False) -> None:
        self.name, self.shape, self.batched, self.learns, self.flat = name, shape, batched, learns, flat
        self.given: list[tuple[int, int, str]] = []
        self.pooled: int | None = None  # from where on it lies in the pool

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def column(self) -> str:
        """All of its nodes on one axis, beside the batch."""
        return reshaped(self.name, self.shape, (self.size,), self.flat) + "[:, None]" * self.flat

    def block(self, start: int, shape: Shape) -> View:
        """So many nodes from `start` on, in this shape; one node for a shape of no axes."""
        size = prod(shape)
        whole = size == self.size and not self.flat  # a flat one may still grow
        home = self.shape if whole else (size,)
        old = home if shape else ()
        text = reshaped(self.name, self.shape, home if whole and shape else (self.size,), self.flat)
        if not (whole and shape):
            text += f"[{start}:{start + size}]" if shape else f"[{start}]"

        def give(d: str, many: bool) -> None:
            d = f"{wrapped(d)}.sum(-1, keepdims=True)" if many and not self.batched and not self.flat else d
            self.given.append((start, size, reshaped(d, old, home, self.flat)))

        return View(text, old, give, self.batched, self.learns, self.flat).reshaped(shape)

    def gradient(self) -> list[str]:
        """The lines that make its gradient of what it was given; none if that is nothing."""
        name, flat, column = f"d{self.name}", self.flat, (self.size,)
        given = Counter(text for _, size, text in self.given if size == self.size)
        wholes = [text if times == 1 else f"{times} * {wrapped(text)}" for text, times in given.items()]
        parts = sorted(each for each in self.given if each[1] < self.size)
        if self.pooled is not None:
            text = f"dpool[{self.pooled}:{self.pooled + self.size}]"
            text += "" if self.batched else ".sum(-1)" if flat else ".sum(-1, keepdims=True)"
            wholes.append(reshaped(text, column, self.shape, flat))
        ends = [0, *(start + size for start, size, _ in parts)]
        if parts and [start for start, _, _ in parts] + [self.size] == ends:
            whole = f"concatenate([{', '.join(text for _, _, text in parts)}])"
            wholes, parts = [*wholes, reshaped(whole, column, self.shape, flat)], []
        start = " + ".join(wholes) or f"zeros_like({self.name})"
        if not parts:
            return [f"{name} = {start}"] * bool(wholes)
        start = f"0.0 + {start}" * bool(wholes) or start  # not into another's array, for what follows is in place
        added = [f"{name} = add_at({name}, slice({at}, {at + size}), {text})" for at, size, text in parts]
        last = [f"{name} = {reshaped(name, column, self.shape, flat)}"] * (len(self.shape) > 1)
        return [f"{name} = {reshaped(start, self.shape, column, flat)}", *added, *last]


def textbook(lines: Iterable[str]) -> list[str]:
    """Lines as a textbook has them: no axis that is there for the batch only, no copying about."""
    plain = (re.sub(r"\[[:, ]*(None(, )?)+\]|\.reshape\([^()]*\)", "", line).replace(" @ ", " · ") for line in lines)
    return [line for line in plain if not re.match(r"\w+ = p\[|y = |pool", line)]


def reshaped(text: str, old: Shape, new: Shape, flat: bool) -> str:
    if old == new:
        return text
    return f"{wrapped(text)}.reshape({', '.join(map(str, new if flat else (*new, -1)))})"


def transposed(text: str, order: Sequence[int], flat: bool) -> str:
    if order == sorted(order):
        return text
    return f"{wrapped(text)}.transpose({', '.join(map(str, order if flat else [*order, len(order)]))})"


def wrapped(text: str) -> str:
    """An expression as a factor: in parentheses, but for a name, a call, a number."""
    outside = text
    while text.count(" ") and outside != (outside := re.sub(r"[(\[][^()\[\]]*[)\]]", "", outside)):
        pass  # brackets inside of brackets
    return f"({text})" if text.startswith("-") or " " in outside else text
