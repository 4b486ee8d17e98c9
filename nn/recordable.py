"""Find out whether the graph that one row records holds for all rows.

It does only if the model computes the same for each row: without random numbers, and without decisions by a row's
numbers. These functions choose the rows to compare, and see whether the model has drawn a random number.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from engine import Value

from .checks import NetworkError, loaded_numpy
from .paths import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COMPARED = 100  # the most calls of a model that a recorded graph is compared with
LEAST_COMPARED = 5  # the fewest
NODES_COMPARED = 100_000  # the most nodes that these calls may make together, unless LEAST_COMPARED calls make more


class NotRecordable(NetworkError):
    """Raised for a model that does not compute the same for every row. `kind` is "random" or "decided by data"."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class GeneratorStates:
    """The states of the random generators that a model may use, as they are when this object is made.

    Those are Python's and NumPy's global ones, and those that `things` hold or name.
    """

    def __init__(self, *things: Any) -> None:
        self._own = [*_generators(things)]
        self._before = self._states()

    def changed(self) -> bool:
        """Tell whether a random number has been drawn since this object was made."""
        return self._states() != self._before

    def _states(self) -> list[Any]:
        numpy = loaded_numpy()
        states: list[Any] = [random.getstate()]
        if numpy:
            name, keys, *rest = numpy.random.get_state()
            states += [name, keys.tobytes(), *rest]
        for generator in self._own:
            own = generator.getstate() if isinstance(generator, random.Random) else generator.bit_generator.state
            states.append(repr(own))
        return states


def _generators(things: Any) -> Iterator[Any]:
    """Yield the random generators that some things hold, or that their functions name."""
    numpy = loaded_numpy()
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
            waiting += attributes(thing).values()
            for kind in type(thing).__mro__:
                waiting += [each for each in vars(kind).values() if hasattr(each, "__code__")]


def _named_by(function: Any, kinds: tuple[type, ...]) -> Iterator[Any]:
    """Yield what a function can reach: its closure, its defaults, and the generators and functions it names."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a closure variable without a value yet
            continue
    yield from function.__defaults__ or ()
    for name in function.__code__.co_names:
        thing = function.__globals__.get(name)
        if isinstance(thing, kinds) or hasattr(thing, "__code__"):
            yield thing


def rows_to_compare(count: int, nodes: int, columns: Any = None) -> list[int]:
    """Return the indices of the rows for which to compare a model with its recorded graph: 5 to 100 of them.

    `count` is the number of rows, `nodes` the number of nodes of a row's graph: a large graph is compared less often.
    The first 5 are spread over all rows. Then come those where one of the `columns` is lowest or highest, then rows
    in between. If there are few rows, each is repeated, because a random decision shows in some calls only.

    >>> rows_to_compare(1000, 40_000)
    [0, 249, 499, 749, 999]
    >>> len(rows_to_compare(4, 50)), len(set(rows_to_compare(1000, 50)))
    (100, 100)
    """
    most = max(LEAST_COMPARED, min(MOST_COMPARED, NODES_COMPARED // max(nodes, 1)))
    chosen = dict.fromkeys(i * (count - 1) // (LEAST_COMPARED - 1) for i in range(LEAST_COMPARED))
    if columns is not None:
        ends = [int(place) for column in columns for place in (column.argmin(), column.argmax())]
        chosen.update(dict.fromkeys(ends[: most // 2]))
    spread = (i * (count - 1) // max(most - 1, 1) for i in range(most))
    chosen.update(dict.fromkeys(spread))
    rows = [*chosen, *(i for i in range(min(count, most)) if i not in chosen)][:most]
    return [rows[i % len(rows)] for i in range(most)] if count < most else rows
