"""A student's file, judged: done, begun, not begun, or an error, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from . import judge, sandbox
from .course import Exercise
from .inside.reading import Reading

STATES = ("done", "begun", "not begun", "error")


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth: its state (one of STATES), and the first thing that is wrong, if any.

    `trouble` is what kept the answer from being tried at all; `failure` the first wrong thing that it gave.
    """

    exercise: Exercise
    state: str
    failure: judge.Failure | None = None
    trouble: sandbox.Trouble | None = None

    @property
    def done(self) -> bool:
        return self.state == "done"


def judged(exercise: Exercise, source: str, path: Path | None = None) -> Verdict:
    """An answer, run in isolation and judged. `source` is the student's text; `path` is where it was read."""
    if untouched(exercise, source):
        return Verdict(exercise, "not begun")
    return weighed(exercise, source, sandbox.readings(exercise, source, path))


def weighed(exercise: Exercise, source: str, found: list[Reading] | sandbox.Trouble) -> Verdict:
    """The verdict on what an isolated run gave."""
    if isinstance(found, sandbox.Trouble):
        return Verdict(exercise, "error", trouble=found)
    asked = judge.probes(exercise, source)
    return of(exercise, judge.judge(exercise, asked, found))


def tried(exercise: Exercise, answers: SimpleNamespace, source: str, files: Collection[str] = ()) -> Verdict:
    """Answers judged in this process, without isolation: for a notebook, and for answers that are trusted."""
    asked = judge.probes(exercise, source)
    return of(exercise, judge.judge(exercise, asked, judge.observe(answers, asked, files)))


def of(exercise: Exercise, failure: judge.Failure | None) -> Verdict:
    """The verdict that a failure, or none, makes."""
    if failure is None:
        return Verdict(exercise, "done")
    if failure.todo and not failure.passed:
        return Verdict(exercise, "not begun", failure)
    return Verdict(exercise, "error" if failure.error and not failure.todo else "begun", failure)


def untouched(exercise: Exercise, source: str) -> bool:
    """Whether a file is as it was handed out, but for spaces at the ends of lines and the like."""
    return _settled(source) == _settled(exercise.template)


def _settled(source: str) -> list[str]:
    return [line.expandtabs(4).rstrip() for line in source.lstrip("\ufeff").strip().splitlines()]
