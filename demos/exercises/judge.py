"""Whether an answer is right: what it gives at every probe beside the truth, and beside known wrong answers."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from .course import Exercise
from .probe import Probe, Reading, plain, same


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: what is mistaken in it, and what to try next."""

    name: str
    diagnosis: str
    advice: str


@dataclass(frozen=True)
class Failure:
    """The first thing that is wrong: at which probe, under which name, and whose mistake it looks like."""

    probe: Probe
    name: str  # what was read off: for gradients, the first wrong node
    got: Any
    expected: Any
    misconception: Misconception | None = None


def probes(exercise: Exercise, source: str) -> list[Probe]:
    """The probes of an exercise: the same for the same source, others for another, so no answer can be learned."""
    seed = sha256(f"{exercise.id}\n{source}".encode()).hexdigest()
    found: list[Probe] = exercise.check.probes(Random(seed))
    return found


def observe(answers: SimpleNamespace, asked: Sequence[Probe]) -> list[Reading]:
    """What an answer gives at each probe; an exception is a reading, too."""
    readings = []
    for probe in asked:
        try:
            readings.append(plain(probe.observe(answers)))
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            mine = [frame for frame in frames if frame.filename == getattr(answers, "__file__", None)]
            line = {"line": mine[-1].lineno, "text": mine[-1].line} if mine else {}
            readings.append({"error": {"type": type(error).__name__, "message": str(error), **line}})
    return readings


def judge(exercise: Exercise, asked: Sequence[Probe], readings: Sequence[Reading]) -> Failure | None:
    """The first failure, with the misconception that gives the very same; None for a right answer."""
    failures = list(_failures(asked, readings))
    if not failures:
        return None
    _, first = failures[0]
    found = match(exercise, asked, readings, [place for place, _ in failures])
    return Failure(first.probe, first.name, first.got, first.expected, found)


def _failures(asked: Sequence[Probe], readings: Sequence[Reading]) -> Iterator[tuple[int, Failure]]:
    """The first failure of each probe that fails, and the probe's place."""
    for place, (probe, reading) in enumerate(zip(asked, readings)):
        expected = plain(probe.expect())
        for name, truth in expected.items():
            got = reading.get(name, reading.get("error"))
            if not same(got, truth, probe.tolerance):
                yield place, Failure(probe, name, got, truth)
                break


def match(
    exercise: Exercise, asked: Sequence[Probe], readings: Sequence[Reading], failing: Sequence[int]
) -> Misconception | None:
    """The known wrong answer that gives just what this one gives, at every probe or at every one that fails."""
    alike = []
    for path in exercise.wrong:
        others = observe(load(path), asked)
        agreed = [alike_readings(reading, other) for reading, other in zip(readings, others)]
        if all(agreed):
            return misconception(path)
        if all(agreed[place] for place in failing):
            alike.append(path)
    return misconception(alike[0]) if alike else None


def alike_readings(reading: Reading, other: Reading) -> bool:
    """Whether two answers gave the same at a probe: the same numbers, or an error of the same type."""
    if "error" in reading or "error" in other:
        types = [each.get("error", {}).get("type") for each in (reading, other)]
        return types[0] == types[1]
    return same(reading, other, 1e-9)


def misconception(path: Path) -> Misconception:
    """What a wrong answer's docstring says: first the diagnosis, then the advice."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    diagnosis, _, advice = (" ".join(part.split()) for part in text.partition("\n\n"))
    return Misconception(path.stem, diagnosis, advice)


def load(path: Path, name: str = "answer") -> SimpleNamespace:
    """What a file defines: an answer's names."""
    space: dict[str, Any] = {"__name__": name, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    return SimpleNamespace(**space)
