"""What a recorded graph cannot hold: numbers drawn at random as a model is called, and decisions by a row's numbers.

A graph that is recorded from one row holds for all rows only if the model does the same for each. These functions
find out: which rows to try, and whether the model has drawn a random number.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

from engine import Value

from .checks import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 100  # of a model, at most, that a recorded graph is compared with
TRIED = 5  # and at least
NODES = 100_000  # that these calls may make together, if they are more than the least


class NotRecordable(NetworkError):
    """A model that does not do the same for every row. `kind` is "random" or "decided by data"."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Draws:
    """The generators of random numbers that a model may use: Python's, NumPy's, and those that it holds itself."""

    def __init__(self, *things: Any) -> None:
        self._own = [*_generators(things)]
        self._before = self._states()

    def any(self) -> bool:
        """Whether a number has been drawn since this was made."""
        return self._states() != self._before

    def _states(self) -> list[Any]:
        numpy = sys.modules.get("numpy")
        states: list[Any] = [random.getstate()]
        if numpy:
            name, keys, *rest = numpy.random.get_state()
            states += [name, keys.tobytes(), *rest]
        for generator in self._own:
            own = generator.getstate() if isinstance(generator, random.Random) else generator.bit_generator.state
            states.append(repr(own))
        return states


def _generators(things: Any) -> Iterator[Any]:
    """The generators that some things hold, or that their functions name."""
    numpy = sys.modules.get("numpy")
    kinds = (random.Random, numpy.random.Generator) if numpy else (random.Random,)
    seen: set[int] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, (Value, str, bytes, int, float, type(None))):
            continue
        seen.add(id(thing))
        if isinstance(thing, kinds):
            yield thing
        elif isinstance(thing, (list, tuple, set, frozenset)):
            waiting += thing
        elif isinstance(thing, dict):
            waiting += thing.values()
        elif hasattr(thing, "__code__"):
            waiting += _named_by(thing, kinds)
        elif not isinstance(thing, type) and hasattr(thing, "__dict__") and not hasattr(thing, "__path__"):
            waiting += vars(thing).values()
            for kind in type(thing).__mro__:
                waiting += [each for each in vars(kind).values() if hasattr(each, "__code__")]


def _named_by(function: Any, kinds: tuple[type, ...]) -> Iterator[Any]:
    """What a function may draw from: its closure, its defaults, and generators and functions among its globals."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    yield from function.__defaults__ or ()
    for name in function.__code__.co_names:
        thing = function.__globals__.get(name)
        if isinstance(thing, kinds) or hasattr(thing, "__code__"):
            yield thing


def calls(count: int, nodes: int, columns: Any = None) -> list[int]:
    """The rows, of so many, for which to compare a model with what was recorded: from 5 to 100, by its size.

    The first 5 are spread over all, then come those where a column of the table is lowest or highest, then others
    between them. Where rows are few, they are called several times: what happens at times only is seen so, too.

    >>> calls(1000, 40_000)
    [0, 249, 499, 749, 999]
    >>> len(calls(4, 50)), len(set(calls(1000, 50)))
    (100, 100)
    """
    most = max(TRIED, min(CALLS, NODES // max(nodes, 1)))
    chosen = dict.fromkeys(i * (count - 1) // (TRIED - 1) for i in range(TRIED))
    if columns is not None:
        ends = [int(place) for column in columns for place in (column.argmin(), column.argmax())]
        chosen.update(dict.fromkeys(ends[: most // 2]))
    spread = (i * (count - 1) // max(most - 1, 1) for i in range(most))
    chosen.update(dict.fromkeys(spread))
    rows = [*chosen, *(i for i in range(min(count, most)) if i not in chosen)][:most]
    return [rows[i % len(rows)] for i in range(most)] if count < most else rows
