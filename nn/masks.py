"""Where Dropout layers get their masks from: from nowhere, from a generator, or from inputs of a recorded graph."""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING, Any

from engine import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    # Called with p and a number of outputs, it gives a factor for each: 0 with probability p, else 1 / (1 - p).
    Source = Callable[[float, int], Sequence[Any]]

_sources: ContextVar[tuple[Source | None, ...]] = ContextVar("_sources", default=(None,))  # of the open blocks


def source() -> Source | None:
    """Return where Dropout layers get their masks from here and now; None if they drop nothing."""
    return _sources.get()[-1]


class MasksFrom(ContextDecorator):
    """A `with` block, or a decorator, inside which Dropout layers get their masks from a source, in this thread.

    With None they drop nothing.
    """

    def __init__(self, source: Source | None) -> None:
        self._source = source

    def __enter__(self) -> None:
        _sources.set((*_sources.get(), self._source))

    def __exit__(self, *error: object) -> None:
        _sources.set(_sources.get()[:-1])


nothing_dropped: MasksFrom = MasksFrom(None)


def drawn(rng: Random | str) -> Source:
    """Return a source that draws masks from a generator, or from one that begins with a text as its seed.

    >>> drawn("0/0/0")(0.5, 4) == drawn("0/0/0")(0.5, 4)
    True
    """
    generators = [rng] if isinstance(rng, Random) else []

    def draw(p: float, count: int) -> list[float]:
        if not generators:  # a seed takes some time, and most models need none
            generators.append(Random(rng))  # type: ignore[arg-type]
        random = generators[0].random
        kept = 1 / (1 - p)
        return [0.0 if random() < p else kept for _ in range(count)]

    return draw


class Masks:
    """The masks of a training: other ones for each row and each epoch, which follow from the seed alone.

    A row is in one step of an epoch. So seed, epoch and row say the mask, with any batch size, on any backend, and
    also if the training was interrupted in between.

    `leaves` are the inputs that stand for the masks of a row in a recorded graph, and `shares` has the p of each.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.leaves: list[Value] = []
        self.shares: list[float] = []

    def clear(self) -> None:
        """Forget what was recorded."""
        self.leaves.clear()
        self.shares.clear()

    def of_row(self, epoch: int, row: int) -> Source:
        """Return the source of the masks of a row in an epoch."""
        return drawn(f"{self.seed}/{epoch}/{row}")

    def record(self, p: float, count: int) -> list[Value]:
        """Return leaves in the place of factors, and keep them: a source, for the call that a graph records."""
        leaves = [Value(1.0, f"mask[{len(self.leaves) + n}]") for n in range(count)]
        self.leaves += leaves
        self.shares += [p] * count
        return leaves

    def columns(self, epoch: int, rows: Sequence[int]) -> Any:
        """Return an array with a column for each of these rows, which has a factor for each of the leaves."""
        import numpy as np

        runs = [(p, len([*same])) for p, same in groupby(self.shares)]
        table = np.empty((len(rows), len(self.shares)))
        for line, row in zip(table, rows):
            draw = self.of_row(epoch, row)
            line[:] = [factor for p, count in runs for factor in draw(p, count)]
        return table.T
