"""Mistakes that nobody wrote down: edits of a solution, prepared as a list of those that give something wrong.

Each exercise may have a file `mistakes.txt`, a line an edit: its kind, its function, and its sentence. An answer that
gives at every probe what such an edit of the solution gives has a mistake of that kind, in that function.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache, reduce
from io import StringIO
from itertools import combinations
from types import SimpleNamespace
from typing import Any, NamedTuple

from .course import Exercise
from .inside import edits, reading
from .inside.edits import Edit
from .inside.reading import Reading
from .probe import Probe, same

FILE = "mistakes.txt"
REPAIRS = "repairs.txt"
SEPARATOR = " | "
MOST_NAMED = 2  # the most kinds that a question names


class Row(NamedTuple):
    """An edit as its exercise's file has it."""

    kind: str
    where: str
    sentence: str

    @classmethod
    def parsed(cls, line: str) -> Row:
        """Return the row of a line, as `line` writes it."""
        return cls(*line.split(SEPARATOR, 2))

    @property
    def line(self) -> str:
        return SEPARATOR.join(self)


# Python 3.10 writes parentheses around several names that get a value: `for (a, b) in`, `(a, b) = `.
TARGETS = re.compile(r"(\bfor |`|  )\(([^()]*)\)(?= in | = )")


def row_of(edit: Edit) -> Row:
    """Return the row of an edit, in the same words in every version of Python."""
    return Row(edit.kind, edit.where, TARGETS.sub(r"\1\2", edits.sentence(edit)))


@cache
def rows(exercise: Exercise) -> tuple[Row, ...]:
    """Return the prepared mistakes of an exercise; none without a file."""
    path = exercise.folder / FILE
    if not path.is_file():
        return ()
    return tuple(map(Row.parsed, path.read_text(encoding="utf-8").splitlines()))


@cache
def repairs(exercise: Exercise) -> dict[str, frozenset[str]]:
    """Return the kinds of the edits that make each known wrong answer right, by its name; none without a file."""
    path = exercise.folder / REPAIRS
    if not path.is_file():
        return {}
    lines = (line.split(SEPARATOR) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: frozenset(kinds.split(", ")) for name, kinds in lines}


class Mutants:
    """The solution of an exercise with one edit after the other; of the functions in `only`, if there are some."""

    def __init__(self, exercise: Exercise, only: Sequence[str] = ()) -> None:
        self.tree = edits.program(exercise.solution)
        self.edits = edits.edits(self.tree, edits.program(exercise.template), only)

    def chosen(self, listed: Sequence[Row]) -> list[Edit]:
        """Return the edits that are prepared, the simplest first; of several with the same words the first."""
        return [edit for edit, _ in self.with_rows([*dict.fromkeys(listed)])]

    def with_rows(self, listed: Iterable[Row]) -> Iterator[tuple[Edit, Row]]:
        """Yield these edits, each with its row. A row that is listed twice is the first two edits with its words."""
        left = Counter(listed)
        for edit in self.edits:
            if not left:
                return
            if any(row[:2] == (edit.kind, edit.where) for row in left) and (row := row_of(edit)) in left:
                left -= Counter([row])
                yield edit, row

    def source(self, chosen: Sequence[Edit]) -> str:
        """Return the solution with some edits, as text. They are `possible` together."""
        back = reduce(_joined, chosen).apply()
        try:
            return ast.unparse(self.tree)
        finally:
            edits.take_back(back)

    def answers(self, edit: Edit) -> SimpleNamespace | None:
        """Return what the solution with an edit defines; None if it cannot be executed."""
        back = edit.apply()
        space: dict[str, Any] = {"__name__": "answer", "__file__": "answer"}
        try:
            exec(compile(self.tree, "answer", "exec"), space)
        except Exception:  # an edit may leave anything
            return None
        finally:
            edits.take_back(back)
        return SimpleNamespace(**space)


def possible(chosen: Sequence[Edit]) -> bool:
    """Return whether edits can be made together: no two of them change the same thing."""
    pairs = edits.Pairs(chosen)
    places = combinations(range(len(chosen)), 2)
    return all(chosen[one].where != chosen[other].where or pairs.possible(one, other) for one, other in places)


def _joined(one: Edit, other: Edit) -> Edit:
    joined: Edit = edits.Pairs([one, other])[1]
    return joined


def readings_of(answers: SimpleNamespace, probes: Sequence[Probe]) -> list[Reading]:
    """Return what some answers give at some probes. They are trusted, and run in this process."""
    with redirect_stdout(StringIO()):
        observed = reading.observe(answers, [probe.observe for probe in probes])
    return [probe.reading(each) for probe, each in zip(probes, observed)]


def alike(exercise: Exercise, probes: Sequence[Probe], readings: Sequence[Reading], first: int) -> list[Row]:
    """Return the prepared mistakes that give at every probe what an answer gives, the simplest first.

    `first` is the number of a probe at which the answer is wrong: there, each of them is tried.
    """
    if not rows(exercise):
        return []
    mutants = Mutants(exercise)
    return [row_of(edit) for edit in _agreeing(mutants, mutants.chosen(rows(exercise)), probes, readings, first)]


def _agreeing(
    mutants: Mutants, candidates: Sequence[Edit], probes: Sequence[Probe], readings: Sequence[Reading], first: int
) -> Iterator[Edit]:
    order = [first, *(place for place in range(len(probes)) if place != first)]
    for edit in candidates:
        answers = mutants.answers(edit)
        if answers is None:
            continue
        for place in order:
            (reading_there,) = readings_of(answers, [probes[place]])
            if "error" in reading_there or not same(reading_there, readings[place], probes[place].tolerance / 10):
                break
        else:
            yield edit


def described(agreeing: Sequence[Row]) -> tuple[str, bool]:
    """Return a diagnosis for mistakes that give the same, and whether it is certain: of one kind, in one function."""
    places = [*dict.fromkeys(each.where for each in agreeing)]
    texts = [*dict.fromkeys(edits.KINDS[edits.KINDS[each.kind].undone_by].sentence for each in agreeing)]
    start = f"In {' or '.join(places)}"
    lowered = [f"{text[0].lower()}{text[1:-1]}" for text in texts[:MOST_NAMED]]
    if len(texts) == len(places) == 1:
        return f"{start}: {lowered[0]}.", True
    return f"{start}, perhaps {', or '.join(lowered)}.", False
