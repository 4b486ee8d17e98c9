"""Array code with its loops: as Python's own, or as a scan, which JAX compiles once for all turns."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from .loops import (
    FROM_BEFORE,
    FROM_CONSTANTS,
    FROM_OUTSIDE,
    FROM_SEVERAL,
    FROM_THIS,
    FROM_TURNS,
    CodeLoop,
    Role,
    loops_of,
)
from .periods import LEAST_TURNS
from .statements import A_NAME, A_PART, A_PLACE, A_RANGE, Statements

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from .statements import Statement
    from .tape import Ints

ADDED = re.compile(r"(d\w+) = \1 \+ ")
LEAST_JOINED = 4  # results of turns that stand one after the other
# What is added to one sum in all turns, and can be added up behind the loop.
ADDS_INPUT_PRODUCT = ("", " + ", " @ ", "[", "].T")
ADDS_PRODUCT, ADDS_ROWS, ADDS_SUM = ("", " + ", " @ ", ".T"), ("", " + ", " @ ", ""), ("", " + ", ".sum(-1)")


class Looped:
    """A function's lines, with loops.

    - `code`: the lines as statements.
    - `loops`: the loops; none where nothing repeats.
    - `turn`, `carried`, `function`: the names of the number of a turn, and of what a scan takes.
    - `finite`: the name of what loops find of the numbers that are checked.
    """

    code: Statements
    loops: list[CodeLoop]

    def __init__(
        self,
        lines: Sequence[str],
        arguments: Sequence[str],
        constants: Mapping[str, Ints],
        taken: Container[str],
        tables: dict[str, Ints],
        checked: tuple[Iterable[str], Iterable[str]] = ((), ()),
    ) -> None:
        """Find the loops.

        - `lines`: the lines, without indentation.
        - `arguments`: the names of the function's arguments.
        - `constants`: its arrays of constants.
        - `taken`: names that cannot be given to arrays.
        - `tables`: takes what loops read as one array of constants, by name; it may have some of another function.
        - `checked`: of which arrays the function tells whether they are finite, and of which, whether they have NaN.
        """
        self.checked = [{*names} for names in checked]
        lines, zeros = _from_zeros(lines)
        self.code = Statements(lines, arguments, constants, self.checked, unlike=zeros)
        # The first statement that adds to each of the sums that begin as zeros, and the one that makes the zeros.
        self.first_terms = {
            next(number for number, reads in enumerate(self.code.reads) if zero in reads): zero for zero in zeros
        }
        self.loops = loops_of(self.code)
        self.constants, self._arguments, self._taken, self._tables = constants, arguments, taken, tables
        self._write_parts()

    def _write_parts(self) -> None:
        """Give all that loops need its name, and note what is read of their turns."""
        self._used = {*self._arguments, *self.constants, *(statement.target for statement in self.code.each)}
        self._used |= {hole.name for statement in self.code.each for hole in statement.holes}
        self._parts = [self._part_of(loop) for loop in self.loops]
        self.turn, self.carried, self.finite, self.function = map(self.new_name, ("t", "carried", "finite", "turn"))
        self._note_reads()

    def _part_of(self, loop: CodeLoop) -> LoopLines:
        return LoopLines(self, loop)

    def new_name(self, stem: str, usual: str = "") -> str:
        """Return a name that is not in use: the stem, if it can be, else what is usual, else one with a number."""
        names = [stem, usual] if usual else [stem, *(f"{stem}_{number}" for number in range(2, 100))]
        for name in names:
            if name == usual or self._is_new(name):
                self._used.add(name)
                return name
        return self.new_name(f"{stem}_{len(self._used)}")

    @property
    def checks(self) -> bool:
        """Whether a loop has results to check."""
        return any(part.check() for part in self._parts)

    @property
    def saved(self) -> int:
        """How many lines the loops save."""
        return sum((loop.count - 1) * loop.period for loop in self.loops)

    @cached_property
    def in_loops(self) -> set[str]:
        """The names that the lines give to results of loops."""
        return {self.code.each[number].target for loop in self.loops for number in range(loop.start, loop.end)}

    def lines(self, scans: bool = False) -> list[str]:
        """Return the lines: loops of Python's, or `scans`."""
        lines, number = [], 0
        if self.checks:
            lines.append(f"{self.finite} = True")
        for part in self._parts:
            lines += self._outside(range(number, part.loop.start))
            lines += part.lines(scans)
            number = part.loop.end
        return lines + self._outside(range(number, len(self.code.each)))

    def part(self, loop: CodeLoop) -> LoopLines:
        """Return how a loop is written."""
        return self._parts[self.loops.index(loop)]

    def read(self, number: int, name: str) -> str:
        """Return how a statement's result is read outside of its loop. `name` is what the lines call it."""
        part = self._around(number)
        if part is None:
            return name
        turn, offset = part.loop.at(number)
        if turn == part.loop.count - 1:
            return part.names[offset]
        return part.item(offset, str(part.place(offset, turn)))

    def note(self, number: int) -> None:
        """Note that a statement is read outside of its loop."""
        part = self._around(number)
        if part:
            turn, offset = part.loop.at(number)
            (part.last if turn == part.loop.count - 1 else part.stacked).add(offset)

    def table(self, role: Role) -> str:
        """Return the name of the array of the constants that a role reads in all turns."""
        numbers = np.stack([self.constants[name] for name in role.names])
        for name, known in self._tables.items():
            if np.array_equal(numbers, known):
                return name
        name = next(name for number in count(1) if self._is_new(name := f"turns{number}"))
        self._tables[name] = numbers
        self._used.add(name)
        return name

    def _is_new(self, name: str) -> bool:
        return not (name in self._used or name in self._taken or name in self._tables)

    def _around(self, number: int) -> LoopLines | None:
        return next((part for part in self._parts if part.loop.start <= number < part.loop.end), None)

    def _note_reads(self) -> None:
        number = 0
        for part in [*self._parts, None]:
            for each in range(number, part.loop.start if part else len(self.code.each)):
                reads = self.code.reads[each]
                for read, before in zip(reads, [-1, *reads]):
                    self.note(read)
                    if abs(self._turns_between(before, read)) == 1:  # they may be joined
                        for number_ in (before, read):
                            part_ = self._around(number_)
                            assert part_
                            part_.stacked.add(part_.loop.at(number_)[1])
            if part:
                part.note_reads()
                number = part.loop.end
        for part in self._parts:
            part.sums -= part.stacked
        for part in self._parts:
            part.note_first_terms()

    def _outside(self, numbers: range) -> list[str]:
        """Return the lines of statements outside of loops."""
        added = {zero for term, zero in self.first_terms.items() if self._needs_zeros(term)}
        left_out = {*self.first_terms.values()} - added
        left_out |= {part.loop.starts[offset][0] for part in self._parts for offset in part.extended}
        return [self._line_outside(number) for number in numbers if number not in left_out]

    def is_first_term_of_one(self, number: int) -> bool:
        """Return whether a statement outside of loops is the first to add to a sum, and one other one reads it."""
        return number in self.first_terms and not self._around(number) and self._counts[number] == 1

    @cached_property
    def _counts(self) -> Counter[int]:
        """How often each statement is read."""
        return Counter(read for reads in self.code.reads for read in reads)

    def _needs_zeros(self, number: int) -> bool:
        """Return whether the first statement that adds to a sum is in a loop, and adds to it in each turn."""
        part = self._around(number)
        return part is not None and part.loop.at(number)[1] not in part.sums

    def _line_outside(self, number: int) -> str:
        statement, reads = self.code.each[number], self.code.reads[number]
        if number in self.first_terms:
            statement = statement._replace(pieces=(statement.pieces[1].removeprefix(" + "), *statement.pieces[2:]))
            statement, reads = statement._replace(holes=statement.holes[1:]), reads[1:]
        texts = [
            self.read(read, hole.name)
            if hole.kind == A_NAME
            else _place_text(hole.kind, str(hole.start), hole.size, False)
            for hole, read in zip(statement.holes, reads)
        ]
        pieces = [*statement.pieces]
        if "concatenate([" in "".join(pieces):
            self._join_turns(pieces, texts, reads)
        return _line(statement, statement.target, with_texts(pieces, texts))

    def _join_turns(self, pieces: list[str], texts: list[str], reads: Sequence[int]) -> None:
        """Write the results of turns that stand one after the other in a list as one array."""
        first = 0
        while first < len(texts):
            last, step = first, 0
            while last + 1 < len(texts) and pieces[last + 1] in (", ", ", -"):
                steps = self._turns_between(reads[last], reads[last + 1])
                if abs(steps) != 1 or (step and (steps != step or pieces[last + 1] != pieces[first + 1])):
                    break
                last, step = last + 1, steps
            sign = "-" if step and pieces[first + 1] == ", -" else ""
            alone = pieces[first].endswith((f", {sign}", f"[{sign}")) and pieces[last + 1].startswith((",", "]"))
            if last - first + 1 >= LEAST_JOINED and alone:
                texts[first] = f"one_below_other({self._turns_text(reads[first], reads[last], step)})"
                del texts[first + 1 : last + 1], pieces[first + 1 : last + 1]
                reads = [*reads[: first + 1], *reads[last + 1 :]]
                first += 1
            else:
                first = max(first + 1, last)

    def _turns_between(self, read: int, next_read: int) -> int:
        """Return from which turn to which two results of one kind are; 0 for others."""
        part = self._around(read)
        if part is None or part is not self._around(next_read):
            return 0
        (turn, offset), (next_turn, next_offset) = part.loop.at(read), part.loop.at(next_read)
        return next_turn - turn if offset == next_offset else 0

    def _turns_text(self, first: int, last: int, step: int) -> str:
        """Return the text of the results of some turns, from that of one statement to that of another."""
        part = self._around(first)
        assert part
        (turn, offset), (last_turn, _) = part.loop.at(first), part.loop.at(last)
        return part.slice_text(offset, turn, last_turn, step)


class LoopLines:
    """How a loop is written.

    - `loop`: the loop.
    - `names`: the name of each result of a turn, by its offset.
    - `stacked`: the offsets of results that are read of other turns than the last one.
    - `last`: those that are read of the last turn.
    - `with_start`: those whose list begins with what the loop starts from, because it is read as one of them.
    - `sums`: those that are sums of what all turns add, and are added up behind the loop.
    - `extended`: those of them to which one more turn adds, the one before the first, outside of the loop.
    """

    def __init__(self, whole: Looped, loop: CodeLoop) -> None:
        self.loop, self.whole = loop, whole
        self.names: dict[int, str] = {}
        self.stacked: set[int] = set()
        self.last: set[int] = set()
        self.with_start: set[int] = set()
        self.extended: set[int] = set()
        self._stacks: dict[int, str] = {}
        self._firsts: dict[int, str] = {}
        # Copies of results of the turn before that this turn computes before it reads them.
        self._copies: dict[int, str] = {}
        self._tables: dict[tuple[int, int], str] = {}
        self._body = [whole.code.each[loop.start + offset] for offset in range(loop.period)]
        self._name_results()
        # The number of a turn in the text is first + step * turn: that of the first loop whose turns are read.
        turns = [role for role in loop.roles.values() if role.kind == FROM_TURNS and abs(role.step) == 1]
        self._first, self._step = (turns[0].first, turns[0].step) if turns else (0, 1)
        self.sums = {offset for offset in range(loop.period) if self._is_sum(offset)}
        self._ahead: dict[int, str] = {}  # of what is computed for all turns at once, ahead of the loop: its name
        self._find_carried()

    def stack(self, offset: int) -> str:
        """Return the name of the list of a result of all turns."""
        if offset not in self._stacks:
            self._stacks[offset] = self.whole.new_name(f"{self.names[offset]}s")
        return self._stacks[offset]

    def place(self, offset: int, turn: int) -> int:
        """Return the place of a turn's result in the list of all turns."""
        return turn + (offset in self.with_start)

    def item(self, offset: int, place: str) -> str:
        """Return the text of a turn's result, given its place in the list of all turns."""
        return f"{self.stack(offset)}[{place}]"

    def slice_text(self, offset: int, first: int, last: int, step: int) -> str:
        """Return the text of a result of the turns from the first one to the last one."""
        low, high = self.place(offset, min(first, last)), self.place(offset, max(first, last)) + 1
        is_whole = (low, high) == (0, self.place(offset, self.loop.count))
        text = self.item(offset, ":" if is_whole else f"{low}:{high}").removesuffix("[:]")
        return f"{text}[::-1]" if step < 0 else text

    def note_reads(self) -> None:
        """Note what the turns read of other loops."""
        for (offset, _), role in self.loop.roles.items():
            if role.kind == FROM_TURNS:
                assert role.loop
                part = self.whole.part(role.loop)
                part.stacked.add(role.offset)
                if role.first + role.step * (self.loop.count - 1) < 0:
                    part.with_start.add(role.offset)
            elif role.kind == FROM_BEFORE:
                self.whole.note(role.reads[0])
            elif role.kind in (FROM_OUTSIDE, FROM_SEVERAL):
                for read in role.reads:
                    self.whole.note(read)
            if offset in self.sums and role.kind == FROM_THIS:
                self.stacked.add(role.offset)

    def note_first_terms(self) -> None:
        """Note the sums whose first term, outside of the loop, is what a turn before the first one would add."""
        for offset in self.sums:
            if self._has_first_term(offset):
                self.extended.add(offset)
                for hole in range(1, len(self._body[offset].holes)):
                    role = self.loop.roles.get((offset, hole))
                    if role and role.kind == FROM_THIS:
                        self.with_start.add(role.offset)

    def _has_first_term(self, offset: int) -> bool:
        """Return whether a sum begins with a term that differs from those of the turns as they do from each other."""
        code, (start, _) = self.whole.code, self.loop.starts[offset]
        term, body, reads = code.each[start], self._body[offset], code.reads[start]
        if not self.whole.is_first_term_of_one(start) or term.pieces != body.pieces:
            return False
        for hole in range(1, len(body.holes)):
            if body.holes[hole].kind != A_NAME:
                first, step = self.loop.places[offset, hole]
                fits = term.holes[hole].start == first - step and term.holes[hole].size == body.holes[hole].size
            else:
                role, read = self.loop.roles[offset, hole], reads[hole]
                if role.kind == FROM_THIS:
                    fits = role.offset in self.loop.starts and self.loop.starts[role.offset][0] == read
                elif role.kind == FROM_TURNS and role.loop:
                    fits = role.loop.at(read) == (role.first - role.step, role.offset)
                    fits = fits and 0 <= role.first - role.step < role.loop.count
                else:
                    fits = role.kind == FROM_OUTSIDE and (read, term.holes[hole].name) == (
                        role.reads[0],
                        role.names[0],
                    )
            if not fits:
                return False
        return True

    def lines(self, scans: bool) -> list[str]:
        """Return the lines of the loop, with what comes before and behind it."""
        before, starts, check = self._before(), self._starts(), self.check()
        body = [f"{copy} = {self.names[offset]}" for offset, copy in self._copies.items()]
        for offset in range(self.loop.period):
            if offset not in self.sums:
                body += self._turn_lines(offset, scans)
        body += check
        if scans:
            return [*before, *self._scan(starts, body, bool(check)), *self._behind()]
        begin = [f"{name} = {start}" for name, start in starts.items() if name != start]
        for offset in sorted(self.stacked):
            begin += self._stack_lines(offset)
        loop = [f"for {self.whole.turn} in {self._range()}:", *(f"    {line}" for line in body)]
        return [*before, *begin, *loop, *self._behind()]

    def _before(self) -> list[str]:
        """Return the lines before the loop that compute what all its turns read."""
        return [*self._table_lines(), *self._ahead_lines()]

    def _stack_lines(self, offset: int) -> list[str]:
        """Return the lines that begin the list of a result of all turns."""
        return [f"{self.stack(offset)} = [{self.names[offset] if offset in self.with_start else ''}]"]

    def _turn_lines(self, offset: int, scans: bool) -> list[str]:
        """Return the lines of a statement in a turn."""
        line = _line(self._body[offset], self.names[offset], self._expression(offset, scans))
        is_kept = offset in self.stacked and not scans
        return [line, f"{self.stack(offset)}.append({self.names[offset]})"] if is_kept else [line]

    def _scan(self, starts: Mapping[str, str], body: Sequence[str], checks: bool) -> list[str]:
        """Return the lines of a scan, given those of a turn."""
        whole, finite = self.whole, [self.whole.finite] if checks else []
        stacks = {offset: self.stack(offset) for offset in sorted(self.stacked)}
        carried, before = _names([*starts, *finite]), _names([*starts.values(), *finite])
        firsts = {offset: self._first_name(offset) for offset in sorted(self.with_start)}
        ends = [
            f"{self.names[offset]} = {stacks[offset]}[-1]" for offset in sorted(self.last - self.sums)
            if offset in stacks and self.names[offset] not in starts
        ]  # fmt: skip
        inside = [
            f"{carried} = {whole.carried}", *body,
            f"return {carried}, {_names(self.names[offset] for offset in stacks)}",
        ]  # fmt: skip
        return [
            *(f"{first} = stacked([{self._start(offset)}])" for offset, first in firsts.items()),
            f"def {whole.function}({whole.carried}, {whole.turn}):",
            *(f"    {line}" for line in inside),
            f"{carried}, {_names(stacks.values())} = scan({whole.function}, {before}, {self._range()})",
            *(f"{stacks[offset]} = concatenate([{first}, {stacks[offset]}])" for offset, first in firsts.items()),
            *ends,
        ]

    def _range(self) -> str:
        first, last = self._first, self._first + self._step * (self.loop.count - 1)
        if self._step > 0:
            return f"range({last + 1})" if first == 0 else f"range({first}, {last + 1})"
        return f"reversed(range({first + 1}))" if last == 0 else f"reversed(range({last}, {first + 1}))"

    def _name_results(self) -> None:
        """Name the results of a turn: h for h1, h2, ... if there is one of that letter; else as in the first turn."""
        whole, loop = self.whole, self.loop
        each = whole.code.each
        outside = {statement.target for statement in [*each[: loop.start], *each[loop.end :]]}
        stems = [re.sub(r"_?\d+$", "", statement.target) for statement in self._body]
        alike: dict[str, set[str]] = {}
        for stem, statement in zip(stems, self._body):
            alike.setdefault(stem, set()).add(statement.target)
        for offset, statement in enumerate(self._body):
            updated, stem, target = self._updated(offset), stems[offset], statement.target
            targets = {each[number].target for number in range(loop.start + offset, loop.end, loop.period)}
            usual = "" if target in outside else target  # what has this name outside is still read, perhaps
            if updated is not None and updated.kind == FROM_THIS:
                self.names[offset] = self.names[updated.offset]
            elif len(targets) == 1:  # one array, which all turns go on with
                self.names[offset] = target
            elif len(alike[stem]) > 1 and usual:
                self.names[offset] = usual
            else:
                self.names[offset] = whole.new_name(stem, usual)

    def _updated(self, offset: int) -> Role | None:
        """Return what a statement updates: the role of what it reads under the name that it assigns."""
        statement = self._body[offset]
        for hole, each in enumerate(statement.holes):
            if each.kind == A_NAME and each.name == statement.target:
                role = self.loop.roles[offset, hole]
                return role if role.kind in (FROM_THIS, FROM_BEFORE) else None
        return None

    def _is_sum(self, offset: int) -> bool:
        """Return whether a statement only adds to a sum what can be added up behind the loop."""
        statement, roles = self._body[offset], self.loop.roles
        again = self._updated(offset)
        if again is None or again.kind != FROM_BEFORE or again.offset != offset:
            return False
        operands = [roles.get((offset, hole)) for hole in range(1, len(statement.holes))]
        if statement.holes[0].kind != A_NAME or statement.holes[0].name != statement.target:
            return False
        changed = any(
            role is not None and role.kind == FROM_THIS and self.names[later] == self.names[role.offset]
            for role in operands
            for later in range(role.offset + 1 if role else 0, len(self._body))
        )
        read_again = any(
            role.kind in (FROM_THIS, FROM_BEFORE) and role.offset == offset
            for key, role in roles.items()
            if key != (offset, 0)
        )
        if read_again or changed:
            return False
        usable = [each is not None and _is_stacked(each) for each in operands]
        if statement.pieces == ADDS_INPUT_PRODUCT:
            return usable[0] and self._input_of_all_turns(offset, 2) is not None
        if statement.pieces == ADDS_PRODUCT:
            return usable == [True, True]
        if statement.pieces == ADDS_ROWS:
            return usable == [True, False] and statement.holes[2].name == "ones"
        return statement.pieces == ADDS_SUM and usable == [True]

    def _find_carried(self) -> None:
        """Find what each turn reads of the turn before, and what it reads after it was computed anew."""
        self._carried: dict[int, Role] = {}
        for (offset, _), role in self.loop.roles.items():
            if role.kind == FROM_BEFORE:
                self._carried.setdefault(role.offset, role)
                late = offset not in self.sums and self._is_computed(self.names[role.offset], offset)
                if late and role.offset not in self._copies:
                    self._copies[role.offset] = self.whole.new_name(f"{self.names[role.offset]}_before")

    def _is_computed(self, name: str, offset: int) -> bool:
        """Return whether a turn gives an array of this name a value before it comes to an offset."""
        return any(self.names[each] == name for each in range(offset))

    def _starts(self) -> dict[str, str]:
        """Return what is carried from turn to turn, and what each is before the first one."""
        return {self.names[offset]: self._start(offset) for offset in self._carried if offset not in self.sums}

    def _first_name(self, offset: int) -> str:
        """Return the name of an array of what a result is before the first turn, beside the array of all turns."""
        if offset not in self._firsts:
            self._firsts[offset] = self.whole.new_name(f"{self.stack(offset)}_start")
        return self._firsts[offset]

    def _start(self, offset: int) -> str:
        """Return what a result is before the first turn."""
        return self.whole.read(*self.loop.starts[offset])

    def _table_lines(self) -> list[str]:
        """Write the lists of what is another statement's in each turn; the constants, as one array for all turns."""
        lines = []
        for key, role in self.loop.roles.items():
            if role.kind not in (FROM_SEVERAL, FROM_CONSTANTS) or key[0] in self.sums:
                continue
            if key not in self._tables:
                stem = re.sub(r"_?\d+$", "", role.names[0])
                self._tables[key] = self.whole.new_name(f"{stem}s")
            name = self._tables[key]
            if role.kind == FROM_SEVERAL:
                each = [self.whole.read(read, old) for read, old in zip(role.reads, role.names)]
                lines.append(f"{name} = stacked([{', '.join(each)}])")
            else:
                lines.append(f"{name} = stacked({self.whole.table(role)})")
        return lines

    def _expression(self, offset: int, scans: bool) -> str:
        """Return the text of what a statement computes in a turn."""
        statement = self._body[offset]
        pieces, texts, hole = statement.pieces, self._texts(offset, scans), self._weighted_input(offset)
        if hole is not None:  # it was computed ahead of the loop
            texts[hole : hole + 3] = [f"{self._ahead[offset]}[{self._turn_of_all()}]"]
            pieces = (*pieces[: hole + 1], pieces[hole + 3].removeprefix("]"), *pieces[hole + 4 :])
        return with_texts(pieces, texts)

    def _texts(self, offset: int, scans: bool = False) -> list[str]:
        """Return the text of each hole of a statement in a turn."""
        statement = self._body[offset]
        texts = [
            self._name(offset, hole)
            if each.kind == A_NAME
            else self._number(offset, hole, each.kind, each.size, scans)
            for hole, each in enumerate(statement.holes)
        ]
        if scans and any(step for (at, _), (_, step) in self.loop.places.items() if at == offset):
            # An array of NumPy's takes no index that is known only when the program runs.
            texts = [f"stacked({text})" if text in self.whole.constants else text for text in texts]
        return texts

    def _weighted_input(self, offset: int) -> int | None:
        """Return which hole of a statement begins the first term W @ x[...] with rows of the input; None for none."""
        pieces, roles = self._body[offset].pieces, self.loop.roles
        if not self._body[offset].comment.endswith(", batch"):
            return None
        for hole in range(len(pieces) - 3):
            term = pieces[hole + 1 : hole + 3] == (" @ ", "[") and pieces[hole + 3] in ("]", "] + ")
            alone = term and (pieces[hole].endswith(" + ") or not pieces[hole])
            role = roles.get((offset, hole))
            if alone and role and role.kind == FROM_OUTSIDE and self._input_of_all_turns(offset, hole + 1):
                return hole
        return None

    def _turn_of_all(self) -> str:
        """Return the text of the place of a turn in an array of all turns, in the order of the turns' numbers."""
        return self._affine(*((0, 1) if self._step > 0 else (self.loop.count - 1, -1)))

    def _ahead_lines(self) -> list[str]:
        """Return the lines that multiply weights by the inputs of all turns at once."""
        lines = []
        for offset in range(self.loop.period):
            hole = None if offset in self.sums else self._weighted_input(offset)
            if hole is not None:
                weights = self._name(offset, hole)
                if offset not in self._ahead:
                    self._ahead[offset] = self.whole.new_name(f"{weights}x")
                lines.append(f"{self._ahead[offset]} = {weights} @ {self._input_of_all_turns(offset, hole + 1)}")
        return lines

    def _name(self, offset: int, hole: int) -> str:
        role = self.loop.roles[offset, hole]
        if role.kind == FROM_OUTSIDE:
            return self.whole.read(role.reads[0], role.names[0])
        if role.kind == FROM_THIS:
            return self.names[role.offset]
        if role.kind == FROM_BEFORE:
            name = self.names[role.offset]
            return self._copies[role.offset] if self._is_computed(name, offset) else name
        if role.kind == FROM_TURNS:
            assert role.loop
            part = self.whole.part(role.loop)
            return part.item(role.offset, self._affine(part.place(role.offset, role.first), role.step))
        return f"{self._tables[offset, hole]}[{self._affine(0, 1)}]"

    def _number(self, offset: int, hole: int, kind: int, size: int, scans: bool) -> str:
        start, step = self.loop.places[offset, hole]
        if not step:
            return _place_text(kind, str(start), size, False)
        return _place_text(kind, self._affine(start, step), size, scans, self._affine(start + size, step))

    def _affine(self, start: int, step: int) -> str:
        """Return the text of start + step * turn, turns counted from 0."""
        step *= self._step
        start -= step * self._first
        turn = self.whole.turn
        if not step:
            return str(start)
        if step < 0:
            times = turn if step == -1 else f"{-step} * {turn}"
            return f"{start} - {times}" if start else f"-{times}"
        times = turn if step == 1 else f"{step} * {turn}"
        return f"{times} + {start}" if start > 0 else f"{times} - {-start}" if start else times

    def check(self) -> list[str]:
        """Return the line that checks the results of a turn, if there is one to check."""
        texts = []
        for function, names in zip(("all_finite", "no_nan"), self.whole.checked):
            results = [self.names[offset] for offset, statement in enumerate(self._body) if statement.target in names]
            if results:
                texts.append(f"{function}({', '.join(dict.fromkeys(results))})")
        finite = self.whole.finite
        return [f"{finite} = {finite} & {' & '.join(texts)}"] if texts else []

    def _behind(self) -> list[str]:
        """Return the lines behind the loop that add up what all turns add to one sum."""
        lines = []
        for offset in sorted(self.sums):
            start, name = self.loop.starts[offset]
            begins_here = offset in self.extended or start in self.whole.first_terms.values()
            terms = [] if begins_here else [self.whole.read(start, name)]
            lines.append(f"{self.names[offset]} = {' + '.join([*terms, self._total(offset)])}")
        return lines

    def _total(self, offset: int) -> str:
        """Return the text of all that the turns add to a sum."""
        is_product = self._body[offset].pieces in (ADDS_PRODUCT, ADDS_INPUT_PRODUCT)
        function, operands = ("sum_of_products", (1, 2)) if is_product else ("sum_of_columns", (1,))
        terms = [self._of_all_turns(self.loop.roles[offset, hole], offset) for hole in operands]
        return f"{function}({', '.join(terms)})"

    def _of_all_turns(self, role: Role, offset: int) -> str:
        """Return the text of what a role reads in all turns, in the order of the turns' numbers in the text."""
        first, last = -(offset in self.extended), self.loop.count - 1
        if role.kind == FROM_THIS:
            return self.slice_text(role.offset, first, last, self._step)
        if role.kind == FROM_OUTSIDE:
            return str(self._input_of_all_turns(offset, 2))
        assert role.loop
        first, last = (role.first + role.step * turn for turn in (first, last))
        return self.whole.part(role.loop).slice_text(role.offset, first, last, role.step * self._step)

    def _input_of_all_turns(self, offset: int, hole: int) -> str | None:
        """Return the text of the rows of the input that a statement reads in all turns, (turns, rows, batch).

        They are in the order of the turns' numbers in the text. None where they are not such rows, one after another.
        """
        role, place = self.loop.roles.get((offset, hole)), self.loop.places.get((offset, hole + 1))
        if role is None or place is None or role.kind != FROM_OUTSIDE or role.names[0] != "x" or role.reads[0] >= 0:
            return None
        size, (start, step) = self._body[offset].holes[hole + 1].size, place
        if size < 1 or step != size * self._step:
            return None
        count = self.loop.count + (offset in self.extended)
        low = min(start - step * (offset in self.extended), start + step * (self.loop.count - 1))
        return f"x[{low}:{low + size * count}].reshape({count}, {size}, -1)"


def _from_zeros(lines: Sequence[str]) -> tuple[list[str], range]:
    """Return lines in which sums of several terms begin as zeros, to which all terms are added alike.

    Besides return the numbers of the lines that make the zeros.

    >>> written, zeros = _from_zeros(["w = p[0]", "dy = ones", "dw = dy * x", *["dw = dw + dy * x"] * 3])
    >>> written[:4], zeros
    (['w = p[0]', 'dy = ones', 'dw = zeros_like(w)', 'dw = dw + dy * x'], range(2, 3))
    """
    counts = Counter(match[1] for line in lines if (match := ADDED.match(line)))
    start = 1 + next((at for at, line in enumerate(lines) if line.startswith("dy = ")), -1)
    written, zeros, earlier = [*lines], list[str](), {line.partition(" = ")[0] for line in lines[:start]}
    for at, line in enumerate(lines):
        name, _, text = line.partition(" = ")
        is_sum = counts[name] >= LEAST_TURNS and name[1:] in earlier  # and not of a part of an array, as dw_1
        if is_sum and name not in zeros and not ADDED.match(line):
            zeros.append(name)
            written[at] = f"{name} = {name} + {text}"
    written[start:start] = [f"{name} = zeros_like({name[1:]})" for name in zeros]
    return written, range(start, start + len(zeros))


def _is_stacked(role: Role) -> bool:
    return role.kind == FROM_THIS or (role.kind == FROM_TURNS and abs(role.step) == 1)


def _place_text(kind: int, start: str, size: int, scans: bool, end: str = "") -> str:
    if scans and kind in (A_PART, A_RANGE):
        return f"rows_from({start}, {size})"
    end = end or str(int(start) + size)
    return start if kind == A_PLACE else f"{start}:{end}" if kind == A_PART else f"slice({start}, {end})"


def with_texts(pieces: Iterable[str], texts: Iterable[str]) -> str:
    """Return the text of pieces with other texts between them."""
    return "".join([part for pair in zip(pieces, [*texts, ""]) for part in pair])


def _line(statement: Statement, target: str, text: str) -> str:
    comment = f"  # ({statement.comment})" if statement.comment else ""
    return f"{target} = {text}{comment}" if target else text


def _names(names: Iterable[Any]) -> str:
    names = [*names]
    return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"
