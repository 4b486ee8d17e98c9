"""Judge a student's file: its state (done, begun, not begun, error), and the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

from . import judge, sandbox
from .course import Exercise
from .diagnosis.facts import Fact, facts
from .diagnosis.ladder import Ladder
from .diagnosis.search import SECONDS, Steps, in_sandbox, steps
from .inside.reading import Reading
from .probe import Probe

STATES = ("done", "begun", "not begun", "error")


@dataclass(frozen=True)
class Verdict:
    """The judgement of an answer: its state (one of STATES), and the first thing that is wrong.

    `trouble` says why the answer could not be tried; `failure` is the first wrong result; `facts` are what the
    readings show by themselves; `ladder` is what a search for the place of the mistake has found;
    `readings` are what a wrong answer gave at its probes.
    """

    exercise: Exercise
    state: str
    failure: judge.Failure | None = None
    trouble: sandbox.Trouble | None = None
    facts: tuple[Fact, ...] = ()
    ladder: Ladder | None = None
    readings: Sequence[Reading] = field(default=(), repr=False)

    @property
    def done(self) -> bool:
        return self.state == "done"


def judge_source(exercise: Exercise, source: str, path: Path | None = None) -> Verdict:
    """Run an answer in isolation, and judge it. `source` is its text; `path` is the file that it was read from."""
    if is_untouched(exercise, source):
        return Verdict(exercise, "not begun")
    return judge_readings(exercise, source, sandbox.readings(exercise, source, path))


def judge_readings(exercise: Exercise, source: str, readings: list[Reading] | sandbox.Trouble) -> Verdict:
    """Judge the result of an isolated run: readings, or the trouble that stopped it."""
    if isinstance(readings, sandbox.Trouble):
        return Verdict(exercise, "error", trouble=readings)
    return _with_facts(exercise, source, judge.probes_for(exercise, source), readings)


def judge_here(exercise: Exercise, answers: SimpleNamespace, source: str, files: Collection[str] = ()) -> Verdict:
    """Judge answers in this process, without isolation: those of a notebook, or trusted ones.

    Parameters
    ----------
    exercise: the exercise.
    answers: the names that it asks for, as attributes.
    source: the text of the answers, which seeds the random inputs.
    files: the files of the answers, whose lines a report may quote.
    """
    probes = judge.probes_for(exercise, source)
    return _with_facts(exercise, source, probes, judge.observe_here(answers, probes, files))


def _with_facts(exercise: Exercise, source: str, probes: Sequence[Probe], readings: Sequence[Reading]) -> Verdict:
    verdict = verdict_of(exercise, judge.judge(exercise, probes, readings))
    if verdict.state not in ("begun", "error"):
        return verdict
    return replace(verdict, facts=tuple(facts(probes, readings, source)), readings=readings)


def searched(verdict: Verdict, source: str, seconds: float = SECONDS) -> Verdict:
    """Search for the place of the mistake in a wrong answer, and return the verdict with what was found.

    Programs like the answer run in isolation. `seconds` is how long that may take, about.
    """
    return in_sandbox(verdict.exercise, searching(verdict, source, seconds))


def searching(verdict: Verdict, source: str, seconds: float = SECONDS) -> Steps[Verdict]:
    """Do as `searched`, but ask for each run, and wait for its trials."""
    if verdict.failure is None or verdict.failure.todo or not verdict.readings:
        return verdict
    known = verdict.failure.misconception
    named = known is not None and known.sure
    result = yield from steps(verdict.exercise, source, verdict.readings, seconds, known=named)
    return replace(verdict, ladder=Ladder(result)) if result.faults or result.like else verdict


def verdict_of(exercise: Exercise, failure: judge.Failure | None) -> Verdict:
    """Return the verdict for the first failure; None is a right answer."""
    if failure is None:
        return Verdict(exercise, "done")
    if failure.todo and not failure.passed:
        return Verdict(exercise, "not begun", failure)
    return Verdict(exercise, "error" if failure.error and not failure.todo else "begun", failure)


def is_untouched(exercise: Exercise, source: str) -> bool:
    """Return whether a file is unchanged, apart from spaces at the ends of lines and the like."""
    return _without_trailing_space(source) == _without_trailing_space(exercise.template)


def _without_trailing_space(source: str) -> list[str]:
    return [line.expandtabs(4).rstrip() for line in source.lstrip("\ufeff").strip().splitlines()]
