"""Periods: stretches of a sequence that repeat themselves, and those inside of them.

A sequence is a graph's operations in depth-first order, or the lines of array code; each as a number that says what
it does, and with the places of what it uses. A loop of the program that recorded the graph stands in it as turns of
equal length and equal numbers, in which each place is shifted by one turn, or stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_TURNS = 3
LEAST_GAIN = 4  # places that a loop must save
CANDIDATES = 6  # periods that are tried on a stretch, the most frequent distances first
MOST_COMPARISONS = 20  # a place, in all
DEEPEST = 8  # stretches beside loops, beside loops ...


@dataclass(eq=False)
class Loop:
    """A stretch that repeats."""

    count: int  # of its turns
    parent: Loop | None
    start: int  # the place of its first turn
    period: int  # the length of a turn

    @property
    def around(self) -> list[Loop]:
        """The loops that it stands in and itself, outermost first."""
        return [*(self.parent.around if self.parent else ()), self]

    @property
    def turns(self) -> int:
        """How often its body runs in all."""
        return self.count * (self.parent.turns if self.parent else 1)


@dataclass
class Repeats:
    """Where a sequence repeats itself: for each place, which place it repeats, and in which turns."""

    tokens: Sequence[int]
    links: Sequence[Sequence[int]]
    slots: list[int] = field(default_factory=list)  # the place in the first turn of all loops around
    turns: list[tuple[int, ...]] = field(default_factory=list)  # of each loop around, outermost first
    loops: dict[int, Loop] = field(default_factory=dict)  # of a slot, the innermost one
    compared: int = 0

    def __post_init__(self) -> None:
        self.slots = list(range(len(self.tokens)))
        self.turns = [()] * len(self.tokens)
        self._search(0, len(self.tokens), None, 0)

    def _search(self, low: int, high: int, parent: Loop | None, depth: int) -> None:
        """Find the loops between two places, then those in their bodies and beside them."""
        period, runs = self._best(low, high) if depth < DEEPEST else (0, [])
        if not runs:
            return
        at = low
        for start, count in runs:
            self._beside(at, start, parent, depth)
            loop = Loop(count, parent, start, period)
            self._search(start, start + period, loop, depth)
            for place in range(start, start + period):
                self.loops.setdefault(place, loop)
            at = start + count * period
            self._repeat(start, period, count)
        self._beside(at, high, parent, depth)

    def _beside(self, low: int, high: int, parent: Loop | None, depth: int) -> None:
        if high - low >= LEAST_GAIN:
            self._search(low, high, parent, depth + 1)

    def _repeat(self, start: int, period: int, count: int) -> None:
        """Give each turn the slots of the first one."""
        slots, inner = self.slots[start : start + period], self.turns[start : start + period]
        flat = not any(inner)
        for turn in range(count):
            low = start + turn * period
            self.slots[low : low + period] = slots
            self.turns[low : low + period] = [(turn,)] * period if flat else [(turn, *rest) for rest in inner]

    def _best(self, low: int, high: int) -> tuple[int, list[tuple[int, int]]]:
        """Return the period that saves most between two places, and its runs, each with start and count."""
        best, period, runs = LEAST_GAIN - 1, 0, []
        for candidate in self._candidates(low, high):
            if self.compared > MOST_COMPARISONS * len(self.tokens) - 2 * (high - low):
                break
            found = self._runs(candidate, low, high)
            gain = sum((count - 1) * candidate for _, count in found)
            if gain > best or (gain == best and candidate < period):
                best, period, runs = gain, candidate, found
        return period, runs

    def _candidates(self, low: int, high: int) -> list[int]:
        """Return the most frequent distances between equal groups of three tokens."""
        distances: Counter[int] = Counter()
        seen: dict[tuple[int, ...], int] = {}
        for place in range(low, high):
            group = tuple(self.tokens[place : min(place + 3, high)])
            if group in seen:
                distances[place - seen[group]] += 1
            seen[group] = place
        longest = (high - low) // LEAST_TURNS
        return [distance for distance, _ in distances.most_common(CANDIDATES) if distance <= longest]

    def _runs(self, period: int, low: int, high: int) -> list[tuple[int, int]]:
        """Return the stretches of this period, each with its start and its count of turns.

        The second turn may use other places than the first one: the first begins from what was before the loop.
        """
        tokens = self.tokens
        found: list[tuple[int, int]] = []
        place = low + period
        while place < high:
            start, end = place - period, place
            equal = True
            while end < high and (equal := tokens[end] == tokens[end - period]):
                if end >= start + 2 * period and not self._continues(end, start, period):
                    break
                end += 1
            self.compared += end - place + 1
            count = (end - start) // period
            if count >= LEAST_TURNS:
                found.append((start, count))
                place = start + count * period + period
            else:
                place = end - period + 1 if equal and end < high else end + 1
        return found

    def _continues(self, place: int, start: int, period: int) -> bool:
        """Return whether a place of a third or later turn, from `start` on, uses what the turn before does."""
        return shifted(self.links[place], self.links[place - period], period)


def shifted(later: Sequence[int], earlier: Sequence[int], period: int) -> bool:
    """Return whether each place of one turn is that of the turn before, a period later or the same.

    >>> shifted([7, 1], [4, 1], 3), shifted([7, 2], [4, 1], 3)
    (True, False)
    """
    if len(later) != len(earlier):
        return False
    return all(one - other in (0, period) for one, other in zip(later, earlier))
