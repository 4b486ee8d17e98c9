"""Whether an answer is right: what it gives at every probe beside the truth, and beside known wrong answers."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path
from random import Random
from types import CodeType, SimpleNamespace
from typing import Any

from .course import Exercise
from .inside import reading
from .inside.reading import Reading, plain
from .probe import Probe, same, telling

# Errors that come from the numbers; what they say may differ in words between two answers with one mistake.
NUMERIC_ERRORS = {
    "OverflowError",
    "ZeroDivisionError",
    "RecursionError",
    "DivisionError",
    "RangeError",
    "DomainError",
}


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: what is mistaken in it, and what to try next.

    `sure` is true if it gives what the student's answer gives at every input that fails. If not, it gives the same
    at the input that is told, and there may be another mistake beside it.
    """

    name: str
    diagnosis: str
    advice: str
    sure: bool = True


@dataclass(frozen=True)
class Failure:
    """The first thing that is wrong: at which probe, under which name, and whose mistake it looks like.

    `error` says what was raised there instead: its type, its message, and the student's line and its text if known.
    """

    probe: Probe
    name: str  # what was read off: for gradients, the first wrong node
    got: Any
    expected: Any
    error: dict[str, Any] | None = None
    misconception: Misconception | None = None
    passed: int = 0  # probes that are right
    of: int = 1  # probes in all

    @property
    def todo(self) -> bool:
        """Whether the answer ends at its TODO there."""
        return todo(self.error)


def todo(error: dict[str, Any] | None) -> bool:
    """Whether an error is that of a TODO."""
    error = error or {}
    return error.get("type") == "NotImplementedError" and str(error.get("message")).startswith("TODO")


def probes(exercise: Exercise, source: str) -> list[Probe]:
    """The probes of an exercise: the same for the same source, others for another, so no answer can be learned."""
    seed = sha256(f"{exercise.id}\n{source}".encode()).hexdigest()
    found: list[Probe] = exercise.check.probes(Random(seed))
    return found


def observe(answers: SimpleNamespace, asked: Sequence[Probe], files: Collection[str] = ()) -> list[Reading]:
    """What an answer gives at each probe, in this process; an exception is a reading, too, with the answer's line."""
    found = reading.observe(answers, [probe.observe for probe in asked], files)
    return [probe.reading(each) for probe, each in zip(asked, found)]


Known = dict[Path, list[Reading]]  # what each known wrong answer gives


def judge(
    exercise: Exercise, asked: Sequence[Probe], readings: Sequence[Reading], wrong: Known | None = None
) -> Failure | None:
    """The first failure, with the misconception that gives the very same; None for a right answer.

    `wrong` is what `known` gives, if it was asked already; an empty one asks for no misconception.
    """
    failures = list(_failures(asked, readings))
    if not failures:
        return None
    near = [(place, each) for place, each in failures if not each.probe.beyond]
    failures = near or failures
    of = [place for place, probe in enumerate(asked) if not (near and probe.beyond)]
    tried = [each for each in failures if not each[1].todo] or failures  # what is not begun is no mistake yet
    _, first = tried[0]
    found = None
    if not first.todo:
        wrong = known(exercise, asked) if wrong is None else wrong
        some = {path: [others[place] for place in of] for path, others in wrong.items()}
        failing = [of.index(place) for place, _ in tried]
        found = match(some, [asked[place] for place in of], [readings[place] for place in of], failing, first.name)
    return replace(first, misconception=found, passed=len(of) - len(failures), of=len(of))


def known(exercise: Exercise, asked: Sequence[Probe]) -> Known:
    """What the known wrong answers give at the probes. They are trusted, and run here."""
    with redirect_stdout(StringIO()):
        return {path: observe(load(path), asked) for path in exercise.wrong}


def _failures(asked: Sequence[Probe], readings: Sequence[Reading]) -> Iterator[tuple[int, Failure]]:
    """The first failure of each probe that fails, and the probe's place."""
    for place, (probe, found) in enumerate(zip(asked, readings, strict=True)):
        for name, truth in plain(probe.expect()).items():
            got = found.get(name)
            if not same(got, truth, probe.tolerance):
                yield place, Failure(probe, name, got, truth, found.get("error"))
                break


def match(
    wrong: Known, asked: Sequence[Probe], readings: Sequence[Reading], failing: Sequence[int], name: str
) -> Misconception | None:
    """The known wrong answer that gives what this one gives: at every probe, else at every one that fails.

    If none does, the one that gives the same at the first of them: `name` alone, if its number tells, else all of it,
    if no other wrong answer does so. The one that shares most with this answer comes first. What does not tell, such
    as a word, makes a match sure only if the two agree at the probes that are right, too.
    """
    first, found = failing[0], []
    fine = [probe.tolerance / 10 for probe in asked]
    agreed = {path: [alike(*each) for each in zip(readings, others, fine)] for path, others in wrong.items()}
    only = [path for path, places in agreed.items() if places[first]]
    got = readings[first].get(name)
    tried = [place for place, each in enumerate(readings) if place in failing or not todo(each.get("error"))]
    for path, others in wrong.items():
        same_failures = all(agreed[path][place] for place in failing)
        sure = same_failures and (telling(got) or all(agreed[path][place] for place in tried))
        if same_failures or (telling(got) and same(got, others[first].get(name), fine[first])) or only == [path]:
            found.append((not sure, -sum(agreed[path]), path))
    if not found:
        return None
    unsure, _, path = min(found)
    return misconception(path, not unsure)


def alike(found: Reading, other: Reading, tolerance: float) -> bool:
    """Whether two answers gave the same at a probe: the same numbers, or the same error."""
    if "error" not in found or "error" not in other:
        return same(found, other, tolerance)
    one, two = found["error"], other["error"]
    return one["type"] == two["type"] and (one["type"] in NUMERIC_ERRORS or one["message"] == two["message"])


def misconception(path: Path, sure: bool = True) -> Misconception:
    """What a wrong answer's docstring says: first the diagnosis, then the advice."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    diagnosis, _, advice = (" ".join(part.split()) for part in text.partition("\n\n"))
    return Misconception(path.stem, diagnosis, advice, sure)


def load(path: Path, name: str = "answer") -> SimpleNamespace:
    """What a file defines: an answer's names."""
    space: dict[str, Any] = {"__name__": name, "__file__": str(path)}
    exec(_code(path), space)
    return SimpleNamespace(**space)


@cache
def _code(path: Path) -> CodeType:
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")
