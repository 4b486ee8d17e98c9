"""Judge an answer: compare what it gives at every probe with the truth and with known wrong answers."""

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
    at the input that is reported, and there may be another mistake beside it.
    """

    name: str
    diagnosis: str
    advice: str
    sure: bool = True


@dataclass(frozen=True)
class Failure:
    """The first thing that is wrong: at which probe, under which name, and which known mistake it looks like.

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
    """Return whether an error is that of a TODO."""
    error = error or {}
    return error.get("type") == "NotImplementedError" and str(error.get("message")).startswith("TODO")


def probes_for(exercise: Exercise, source: str) -> list[Probe]:
    """Return the probes of an exercise: the same for the same source, others for another, so none is memorized."""
    seed = sha256(f"{exercise.id}\n{source}".encode()).hexdigest()
    drawn: list[Probe] = exercise.check.probes(Random(seed))
    return drawn


def observe_here(answers: SimpleNamespace, probes: Sequence[Probe], files: Collection[str] = ()) -> list[Reading]:
    """Run an answer in this process; return its reading at each probe. An exception is a reading, with the line."""
    observations = reading.observe(answers, [probe.observe for probe in probes], files)
    return [probe.reading(each) for probe, each in zip(probes, observations)]


Known = dict[Path, list[Reading]]  # what each known wrong answer gives


def judge(
    exercise: Exercise, probes: Sequence[Probe], readings: Sequence[Reading], wrong: Known | None = None
) -> Failure | None:
    """Return the first failure, with the misconception that gives the very same; None for a right answer.

    `wrong` is what `known` returns, if it is computed already; if it is empty, no misconception is looked for.
    """
    failures = list(_failures(probes, readings))
    if not failures:
        return None
    near = [(index, each) for index, each in failures if not each.probe.beyond]
    failures = near or failures
    indices = [index for index, probe in enumerate(probes) if not (near and probe.beyond)]
    failures_begun = [
        each for each in failures if not each[1].todo
    ] or failures  # an answer that is not begun has no mistakes yet
    _, first = failures_begun[0]
    mistake = None
    if not first.todo:
        wrong = known(exercise, probes) if wrong is None else wrong
        wrong_readings = {path: [others[index] for index in indices] for path, others in wrong.items()}
        failing = [indices.index(index) for index, _ in failures_begun]
        kept_probes, kept_readings = ([rows[index] for index in indices] for rows in (probes, readings))
        mistake = match(wrong_readings, kept_probes, kept_readings, failing, first.name)
    return replace(first, misconception=mistake, passed=len(indices) - len(failures), of=len(indices))


def known(exercise: Exercise, probes: Sequence[Probe]) -> Known:
    """Return what the known wrong answers give at the probes. They are trusted, and run in this process."""
    with redirect_stdout(StringIO()):
        return {path: observe_here(load(path), probes) for path in exercise.wrong}


def _failures(probes: Sequence[Probe], readings: Sequence[Reading]) -> Iterator[tuple[int, Failure]]:
    """Yield the first failure of each probe that fails, with the probe's index."""
    for index, (probe, observed) in enumerate(zip(probes, readings, strict=True)):
        for name, truth in plain(probe.expect()).items():
            got = observed.get(name)
            if not same(got, truth, probe.tolerance):
                yield index, Failure(probe, name, got, truth, observed.get("error"))
                break


def match(
    wrong: Known, probes: Sequence[Probe], readings: Sequence[Reading], failing: Sequence[int], name: str
) -> Misconception | None:
    """Return the known wrong answer that gives what this one gives: at every probe, else at every one that fails.

    If none does, it is the one that gives the same at the first failing probe: under `name` alone, if that number is
    telling (see `telling`), else in the whole reading, if no other wrong answer does so. Of several, the one that
    agrees with this answer at most probes is taken. A result that is not telling, such as a word, makes a match sure
    only if the two agree at the probes that are right, too.

    `failing` are the indices of the failing probes, and `name` is what was wrong at the first of them.
    """
    first, candidates = failing[0], []
    tolerances = [probe.tolerance / 10 for probe in probes]
    agreed = {path: [alike(*each) for each in zip(readings, others, tolerances)] for path, others in wrong.items()}
    only = [path for path, agreements in agreed.items() if agreements[first]]
    got = readings[first].get(name)
    begun = [index for index, each in enumerate(readings) if index in failing or not todo(each.get("error"))]
    for path, others in wrong.items():
        same_failures = all(agreed[path][index] for index in failing)
        sure = same_failures and (telling(got) or all(agreed[path][index] for index in begun))
        if (
            same_failures
            or (telling(got) and same(got, others[first].get(name), tolerances[first]))
            or only == [path]
        ):
            candidates.append((not sure, -sum(agreed[path]), path))
    if not candidates:
        return None
    unsure, _, path = min(candidates)
    return misconception(path, not unsure)


def alike(reading_one: Reading, reading_two: Reading, tolerance: float) -> bool:
    """Return whether two answers gave the same at a probe: the same numbers, or the same error."""
    if "error" not in reading_one or "error" not in reading_two:
        return same(reading_one, reading_two, tolerance)
    one, two = reading_one["error"], reading_two["error"]
    return one["type"] == two["type"] and (one["type"] in NUMERIC_ERRORS or one["message"] == two["message"])


def misconception(path: Path, sure: bool = True) -> Misconception:
    """Read a wrong answer's docstring: first the diagnosis, then the advice."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    diagnosis, _, advice = (" ".join(part.split()) for part in text.partition("\n\n"))
    return Misconception(path.stem, diagnosis, advice, sure)


def load(path: Path, name: str = "answer") -> SimpleNamespace:
    """Execute a file, and return the names that it defines."""
    space: dict[str, Any] = {"__name__": name, "__file__": str(path)}
    exec(_code(path), space)
    return SimpleNamespace(**space)


@cache
def _code(path: Path) -> CodeType:
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")
