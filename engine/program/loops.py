"""Loops: stretches of array code whose lines repeat, each with what one turn reads of others.

Nothing is computed otherwise than by the lines one after the other, except that what all turns add to one sum may be
added up after the loop: all products of gradients and what weights were multiplied by as one product.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from .periods import LEAST_TURNS, Repeats
from .statements import A_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .periods import Loop
    from .statements import Statements

LEAST_LINES = 12  # that a loop must save
# JAX compiles the turns of a scan once. With many rows each takes longer than the same lines: then scans are for
# programs alone that would take minutes to compile.
WORTH_A_SCAN, ALWAYS_A_SCAN = 100, 1000  # lines that scans must save, up to SCANNED_ROWS rows, and for more
SCANNED_ROWS = 200

FROM_OUTSIDE, FROM_THIS, FROM_BEFORE, FROM_TURNS, FROM_SEVERAL, FROM_CONSTANTS = range(6)


class Role(NamedTuple):
    """Which statement, or which place, the turns read at one hole.

    - `kind`: FROM_OUTSIDE: one of before the loop, the same in all turns, or an argument.
      FROM_THIS: the statement at `offset` in this turn.
      FROM_BEFORE: that of the turn before; the first turn reads `reads[0]`.
      FROM_TURNS: the statement at `offset` of the turns of another loop, turn `first + step * u` in turn number u;
      the last turn may read turn -1: what the other loop starts from.
      FROM_SEVERAL: another statement from before the loop in each turn.
      FROM_CONSTANTS: an array of constants, another one in each turn.
    - `reads`: the statement of each turn.
    - `names`: the name of each turn, of an argument or of constants.
    """

    kind: int
    reads: Sequence[int] = ()
    offset: int = 0
    loop: CodeLoop | None = None
    first: int = 0
    step: int = 0
    names: Sequence[str] = ()


class CodeLoop:
    """Turns of equal statements.

    - `start`, `period`, `count`: its first statement, the length of a turn, and how many turns it has.
    - `roles`: for each hole of a turn's statements, by offset and number of the hole, what it reads.
    - `places`: for each hole that is a number: its number in the first turn, and how much more in each turn.
    - `starts`: for each result that a turn reads of the turn before: the statement that the first turn reads in its
      place, and its name.
    """

    def __init__(self, start: int, period: int, count: int) -> None:
        self.start, self.period, self.count = start, period, count
        self.roles: dict[tuple[int, int], Role] = {}
        self.places: dict[tuple[int, int], tuple[int, int]] = {}
        self.starts: dict[int, tuple[int, str]] = {}

    @property
    def end(self) -> int:
        """The number of the first statement behind it."""
        return self.start + self.period * self.count

    def at(self, number: int) -> tuple[int, int]:
        """Return the turn and the offset of a statement."""
        return divmod(number - self.start, self.period)


class _Stretches(Repeats):
    """Repeats of statements, in which a turn may also read another loop's turns, from the last to the first."""

    def _continues(self, place: int, start: int, period: int) -> bool:
        now, before = self.links[place], self.links[place - period]
        if place < start + 3 * period:
            return True
        earlier = self.links[place - 2 * period]
        return all(a - b == b - c for a, b, c in zip(now, before, earlier))


def may_repeat(lines: Sequence[str]) -> bool:
    """Return whether lines are so many of one form that there may be a loop among them."""
    return len(lines) - len({re.sub(r"\d+", "", line) for line in lines}) >= LEAST_LINES


def loops_of(code: Statements) -> list[CodeLoop]:
    """Return the loops in a function's statements, in order; none of them is inside of another."""
    if len(code.each) - len({*code.tokens}) < LEAST_LINES:
        return []
    repeats = _Stretches(code.tokens, code.reads)
    stretches = {loop.around[0]: None for loop in repeats.loops.values()}
    loops: list[CodeLoop] = []
    for stretch in sorted(stretches, key=lambda loop: loop.start):
        behind = loops[-1].end if loops else 0  # a loop that begins later than it could may end later, too
        period, segments = _turns(code, stretch, loops)
        for begin, last in segments:
            first = max(begin, -((stretch.start - behind) // period))
            count = last - first
            if count >= LEAST_TURNS and (count - 1) * period >= LEAST_LINES:
                start = stretch.start + first * period
                count = _extended(code, start, period, count, loops)
                loop = _loop(code, start, period, count, loops)
                if loop is None and count > LEAST_TURNS:  # each result starts from that of the first turn
                    loop = _loop(code, start + period, period, count - 1, loops)
                if loop:
                    loops.append(_best_rotation(code, loop, loops, behind))
                    behind = loops[-1].end
    return loops


def _turns(code: Statements, stretch: Loop, loops: list[CodeLoop]) -> tuple[int, list[tuple[int, int]]]:
    """Return the length of a turn of a stretch, and which of its turns are loops.

    The period that was found may be several turns of a shorter loop, because other lines, such as those of the
    gradients, repeat after as many statements. Then the shorter loop is taken.
    """
    start, end = stretch.start, stretch.start + stretch.period * stretch.count
    for period in range(1, stretch.period):
        count = (end - start) // period
        is_repeated = (
            not stretch.period % period and code.tokens[start + period : end] == code.tokens[start : end - period]
        )
        if is_repeated and (segments := _segments(code, start, period, count, loops)) == [(0, count)]:
            return period, segments
    return stretch.period, _segments(code, start, stretch.period, stretch.count, loops)


def _extended(code: Statements, start: int, period: int, count: int, loops: list[CodeLoop]) -> int:
    """Return how many turns a loop has with those behind it that are like its own.

    A stretch leaves out a last turn that reads what another loop starts from, which is no result of that loop.
    """
    end, tokens = start + count * period, code.tokens
    while tokens[end : end + period] == tokens[start : start + period] and _consistent(
        code, start, period, count + 1, loops
    ):
        count, end = count + 1, end + period
    return count


def _best_rotation(code: Statements, loop: CodeLoop, loops: list[CodeLoop], behind: int) -> CodeLoop:
    """Return the loop whose turns begin where they read the least of the turn before, and as late as possible.

    So a turn ends with its result: z = W @ h, h = tanh(z), and not h = tanh(z), z = W @ h. And what it adds to the
    gradients of weights is of its own results, so that it can be added up behind the loop. It begins at the statement
    `behind` at the earliest.
    """
    first, last, tokens, period = 0, 0, code.tokens, loop.period
    while last < period - 1 and tokens[loop.end + last : loop.end + last + 1] == [tokens[loop.start + last]]:
        last += 1
    while first > 1 - period and loop.start + first > behind:
        if tokens[loop.start + first - 1] != tokens[loop.start + first - 1 + period]:
            break
        first -= 1
    for shift in sorted(range(first, last + 1), key=lambda shift: (*_carried(loop, shift % period), -shift)):
        start = loop.start + shift
        if not shift:
            break
        if _segments(code, start, period, loop.count, loops) == [(0, loop.count)]:
            rotated = _loop(code, start, period, loop.count, loops)
            if rotated:
                return rotated
    return loop


def _carried(loop: CodeLoop, shift: int) -> tuple[float, int]:
    """Return how many results of the turn before a turn reads, and how often, if turns begin that much later.

    - `shift`: how many statements later. Infinite where a turn would read results of earlier turns.
    """
    before = []
    for (reader, _), role in loop.roles.items():
        if role.kind not in (FROM_THIS, FROM_BEFORE):
            continue
        turns = (role.kind == FROM_BEFORE) + (role.offset < shift) - (reader < shift)
        if turns > 1:
            return inf, 0
        if turns:
            before.append(role.offset)
    return len({*before}), len(before)


def _segments(code: Statements, start: int, period: int, count: int, loops: list[CodeLoop]) -> list[tuple[int, int]]:
    """Return which turns of a stretch are one loop: the first of each, and the first one behind it."""
    segments, first = [], 0
    while first < count - 1:
        low = start + first * period
        turns = 2
        while first + turns <= count and _consistent(code, low, period, turns, loops):
            turns += 1
        turns -= 1
        segments.append((first, first + turns))
        first += turns
    return segments


def _consistent(code: Statements, start: int, period: int, turns: int, loops: list[CodeLoop]) -> bool:
    """Return whether the last of these turns goes on as those before, which do."""
    last = start + (turns - 1) * period
    for offset in range(period):
        now, before = code.each[last + offset], code.each[last + offset - period]
        for hole, (new, old) in enumerate(zip(now.holes, before.holes)):
            if new.kind != A_NAME:
                if turns > 2:
                    older = code.each[last + offset - 2 * period].holes[hole]
                    if new.start - old.start != old.start - older.start:
                        return False
            elif not _same_role(code, start, period, turns, offset, hole, loops):
                return False
    return True


def _same_role(
    code: Statements, start: int, period: int, turns: int, offset: int, hole: int, loops: list[CodeLoop]
) -> bool:
    last = start + (turns - 1) * period
    reads = [code.reads[last + offset - back * period][hole] for back in range(min(turns, 3))]
    read, base = reads[0], last
    if read >= base:  # of this turn
        return reads[1] == read - period
    if read >= start:  # of an earlier turn of this loop
        if read < base - period:
            return False
        if turns == 2:
            return reads[1] < start
        return reads[1] == read - period
    if reads[1] >= start:
        return False
    if read == reads[1]:
        moved = turns > 2 and read != reads[2]
        if moved and _loop_around(read, loops):
            return False
        return read >= 0 or _names_fit(code, last + offset, hole, period)
    if -1 in (read, reads[1]):
        return False
    inside, other = _loop_around(read, loops), _loop_around(reads[1], loops)
    if other is not None and inside is None:
        before, place = other.at(reads[1])
        is_start = place in other.starts and other.starts[place][0] == read
        return is_start and before == 0 and turns > 2 and other.at(reads[2]) == (1, place)
    if inside is not other:
        return False
    if inside is None:
        return turns == 2 or _loop_around(reads[2], loops) is None  # not the turn after what another starts from
    (turn, place), (before, same_place) = inside.at(read), inside.at(reads[1])
    if place != same_place:
        return False
    return turns == 2 or turn - before == before - inside.at(reads[2])[0]


def _names_fit(code: Statements, number: int, hole: int, period: int) -> bool:
    """Return whether two turns read the same argument, or arrays of constants."""
    new, old = (code.each[each].holes[hole].name for each in (number, number - period))
    return new == old or (new in code.constants and old in code.constants)


def _loop_around(number: int, loops: list[CodeLoop]) -> CodeLoop | None:
    return next((loop for loop in loops if loop.start <= number < loop.end), None)


def _loop(code: Statements, start: int, period: int, count: int, loops: list[CodeLoop]) -> CodeLoop | None:
    """Return the loop of these turns; None where one of its results starts from two."""
    loop = CodeLoop(start, period, count)
    for offset in range(period):
        for hole, each in enumerate(code.each[start + offset].holes):
            numbers = [start + offset + turn * period for turn in range(count)]
            if each.kind != A_NAME:
                step = code.each[numbers[1]].holes[hole].start - each.start
                loop.places[offset, hole] = each.start, step
                continue
            role = _role(code, loop, numbers, hole, loops)
            loop.roles[offset, hole] = role
            if role.kind == FROM_BEFORE:
                first = role.reads[0], role.names[0]
                if loop.starts.setdefault(role.offset, first) != first:
                    return None
    return loop


def _role(code: Statements, loop: CodeLoop, numbers: list[int], hole: int, loops: list[CodeLoop]) -> Role:
    reads = [code.reads[number][hole] for number in numbers]
    names = [code.each[number].holes[hole].name for number in numbers]
    if reads[1] >= loop.start:
        turn, offset = loop.at(reads[1])
        return Role(FROM_THIS if turn else FROM_BEFORE, reads, offset, names=names)
    if len({*reads}) == 1:
        return Role(FROM_OUTSIDE if len({*names}) == 1 or reads[0] >= 0 else FROM_CONSTANTS, reads, names=names)
    other = _loop_around(reads[0], loops)
    if other is None:
        return Role(FROM_SEVERAL, reads, names=names)
    first, offset = other.at(reads[0])
    return Role(FROM_TURNS, reads, offset, other, first, other.at(reads[1])[0] - first, names)
