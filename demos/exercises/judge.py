"""Judge an answer: compare what it gives at every probe with the truth and with known wrong answers."""

from __future__ import annotations

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

from . import generated
from .asking import ABOUT_EDITS
from .course import Exercise
from .inside import reading
from .inside.edits import KINDS
from .inside.reading import EVIDENCE, NOTE, Reading, plain
from .known import WrongAnswer, wrong_answers
from .probe import Probe, same, telling

# Errors that come from the numbers: their messages may differ between two answers with the same mistake.
NUMERIC_ERRORS = {
    "OverflowError",
    "ZeroDivisionError",
    "RecursionError",
    "DivisionError",
    "RangeError",
    "DomainError",
}

EVIDENT = 1e-7  # how near numbers of evidence have to be


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: the diagnosis of its mistake, and advice on what to try.

    `sure` is true if it alone of all known ones gives what the student's answer gives, at every input. Otherwise the
    student may have made another mistake. `generated` is true for an edit of the solution that nobody wrote down.
    """

    name: str
    diagnosis: str
    advice: str
    sure: bool = True
    generated: bool = False


@dataclass(frozen=True)
class Failure:
    """The first thing that is wrong: at which probe, under which name, and which known mistake gives the same.

    `error` is the exception that was raised there, if any: its type, its message, and the student's line and its text
    if known.
    """

    probe: Probe
    name: str  # of the wrong number: for gradients, the first wrong node
    got: Any
    expected: Any
    error: dict[str, Any] | None = None
    misconception: Misconception | None = None
    passed: int = 0  # the number of probes that are right
    of: int = 1  # the number of all probes

    @property
    def todo(self) -> bool:
        """Whether the answer stops at its TODO."""
        return todo(self.error)


def todo(error: dict[str, Any] | None) -> bool:
    """Return whether an error is that of a TODO."""
    error = error or {}
    return error.get("type") == "NotImplementedError" and str(error.get("message")).startswith("TODO")


def probes_for(exercise: Exercise, source: str) -> list[Probe]:
    """Return the probes of an exercise. Another source gets other numbers, so that none can be memorized."""
    seed = sha256(f"{exercise.name}\n{source}".encode()).hexdigest()
    drawn: list[Probe] = exercise.check.probes(Random(seed))
    return drawn


def observe_here(answers: SimpleNamespace, probes: Sequence[Probe], files: Collection[str] = ()) -> list[Reading]:
    """Run an answer in this process, and return its reading at each probe. An exception is a reading, too."""
    observations = reading.observe(answers, [probe.observe for probe in probes], files)
    return [probe.reading(each) for probe, each in zip(probes, observations)]


Known = dict[WrongAnswer, list[Reading]]  # the readings of each known wrong answer


def judge(
    exercise: Exercise, probes: Sequence[Probe], readings: Sequence[Reading], wrong: Known | None = None
) -> Failure | None:
    """Return the first failure, with the misconception that gives the same readings; None for a right answer.

    Parameters
    ----------
    exercise: the exercise.
    probes: its probes for this answer.
    readings: what the answer gave, one reading for each probe.
    wrong: the result of `known`, if it is computed already; if it is empty, no misconception is searched for.
    """
    failures = list(_failures(probes, readings))
    if not failures:
        return None
    near = [(index, each) for index, each in failures if not each.probe.beyond]
    failures = near or failures
    counted = [probe for probe in probes if not (near and probe.beyond)]
    failures_begun = [
        each for each in failures if not each[1].todo
    ] or failures  # an answer that is not begun has no mistakes yet
    _, first = failures_begun[0]
    mistake = None
    if not first.todo:
        wrong = known(exercise, probes) if wrong is None else wrong
        failing = [index for index, _ in failures_begun]
        mistake = match(wrong, probes, readings, failing, first.name)
        if wrong and not (mistake and mistake.sure):
            mistake = _generated(exercise, probes, readings, failing[0]) or mistake
    return replace(first, misconception=mistake, passed=len(counted) - len(failures), of=len(counted))


def _generated(
    exercise: Exercise, probes: Sequence[Probe], readings: Sequence[Reading], first: int
) -> Misconception | None:
    """Return the edit of the solution that gives what an answer gives at every probe; several are a question."""
    if not tells_by_number(probes[first], readings[first]):
        return None
    begun = [place for place, each in enumerate(readings) if not todo(each.get("error"))]
    asked, answered = [probes[place] for place in begun], [readings[place] for place in begun]
    agreeing = generated.alike(exercise, asked, answered, begun.index(first))
    if not agreeing:
        return None
    diagnosis, certain = generated.described(agreeing)
    undone = KINDS[agreeing[0].kind].undone_by
    return Misconception(f"{agreeing[0].where}: {undone}", diagnosis, ABOUT_EDITS[undone], certain, generated=True)


def known(exercise: Exercise, probes: Sequence[Probe]) -> Known:
    """Return the readings of the known wrong answers. They are trusted, and run in this process."""
    with redirect_stdout(StringIO()):
        return {each: observe_here(each.load(), probes) for each in wrong_answers(exercise)}


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
    """Return the known wrong answer that gives the same as this answer; None if none does.

    The rules, in this order:

    1. It gives the same at every failing probe. The match is sure if the two agree at every probe, apart from those
       that stop at a TODO, and also in the evidence; if no other known wrong answer does; and if no word alone
       decides it (see `decided`).
    2. It gives the same telling number under `name` at the first failing probe (see `telling`), and the same before,
       or there the same words that tell what was done.

    An answer whose evidence is another at a failing probe does not match. One that is wrong at a usual input where
    this answer is right matches only by telling numbers at all failing probes.

    If several match, the one that agrees at the most probes is returned.

    Parameters
    ----------
    wrong: the readings of the known wrong answers.
    probes: the probes.
    readings: the readings of this answer.
    failing: the indices of the failing probes.
    name: the name of the wrong number at the first of them.
    """
    first, candidates = failing[0], []
    tolerances = [probe.tolerance / 10 for probe in probes]
    shown = [without_evidence(each) for each in readings]
    agreed = {
        each: [alike(one, without_evidence(other), most) for one, other, most in zip(shown, others, tolerances)]
        for each, others in wrong.items()
    }
    got = readings[first].get(name)
    begun = [index for index, each in enumerate(readings) if index in failing or not todo(each.get("error"))]
    everywhere = [
        each
        for each, agreements in agreed.items()
        if all(agreements[index] for index in begun)
        and same(_evidence(readings, begun), _evidence(wrong[each], begun), EVIDENT)
    ]
    certain, near = (
        decided(probes, readings, begun),
        [place for place, each in enumerate(probes) if not each.beyond],
    )
    # What is chosen one by one may follow from what comes before: then a match agrees there.
    steps = 0 if probes[first].tells else first
    steps_apart = probes[first].apart and steps > 0
    passing = {place for place in begun if place not in failing}
    errors = all("error" in readings[index] for index in failing)
    functions = {probes[index].observe.func for index in failing}
    asked = [index for index, each in enumerate(probes) if each.observe.func in functions]
    for answer, others in wrong.items():
        same_failures = all(agreed[answer][index] for index in failing)
        if not same(_evidence(readings, failing), _evidence(others, failing), EVIDENT):
            continue  # it has done something else on the way
        wrong_there = [place for place, each in enumerate(probes) if each.apart and _wrong(each, others[place])]
        if probes[first].tells and not all(agreed[answer][place] for place in wrong_there):
            continue  # of words that are chosen one by one, all that it is about are the same
        if not certain and answer not in everywhere:
            continue  # a word, and not always the same one
        so_far = [index for index in near if index in passing and (not probes[index].apart or index < steps)]
        contradicted = not all(agreed[answer][index] for index in so_far)
        if contradicted and (steps_apart or probes[first].beyond or not (same_failures and telling(got))):
            continue  # it is wrong at usual inputs, too, where this answer is right
        before = [each for each in plain(probes[first].expect()) if each in readings[first]]
        before = before[: before.index(name)] if name in before else []
        as_far = all(same(readings[first][each], others[first].get(each), tolerances[first]) for each in before)
        alike_there = (
            (telling(got) or probes[first].tells) and as_far and same(got, others[first].get(name), tolerances[first])
        )
        if same_failures or alike_there:
            sure = certain and everywhere == [answer]
            if not sure and errors and not all(agreed[answer][index] for index in asked):
                continue  # many mistakes end in the same error
            candidates.append((not sure, not same_failures, -sum(agreed[answer]), answer.name, answer))
    if not candidates:
        return None
    unsure, *_, answer = min(candidates)
    return misconception(answer, not unsure)


def decided(probes: Sequence[Probe], readings: Sequence[Reading], places: Sequence[int]) -> bool:
    """Return whether more than a word decides that two answers agree: a number, an error, or evidence.

    `places` are the probes at which they agree. A word is enough at a probe whose words say what the answer did.
    """
    for index in places:
        reading, probe = readings[index], probes[index]
        wrong = [name for name, truth in plain(probe.expect()).items() if not same(reading.get(name), truth, 1e-9)]
        if wrong and ("error" in reading or reading.get(EVIDENCE) or probe.tells):
            return True
        if any(holds_number(reading.get(name)) for name in wrong):
            return True
    return False


def _wrong(probe: Probe, reading: Reading) -> bool:
    return any(not same(reading.get(name), truth, probe.tolerance) for name, truth in plain(probe.expect()).items())


def tells_by_number(probe: Probe, reading: Reading) -> bool:
    """Return whether a wrong result of a reading is a number that is unlikely to be equal by chance."""
    wrong = [
        name for name, truth in plain(probe.expect()).items() if not same(reading.get(name), truth, probe.tolerance)
    ]
    return "error" not in reading and any(telling(reading.get(name)) for name in wrong)


def holds_number(thing: Any) -> bool:
    """Return whether a result is a number or holds one: a word, True and False may have many causes."""
    if isinstance(thing, dict):
        return any(map(holds_number, thing.values()))
    if isinstance(thing, list):
        return any(map(holds_number, thing))
    return isinstance(thing, float)


def without_evidence(reading: Reading) -> Reading:
    """Return a reading without what is only compared to be sure of a mistake."""
    return {name: each for name, each in reading.items() if name not in (EVIDENCE, NOTE)}


def _evidence(readings: Sequence[Reading], places: Sequence[int]) -> list[Any]:
    return [readings[place].get(EVIDENCE) for place in places]


def alike(reading_one: Reading, reading_two: Reading, tolerance: float) -> bool:
    """Return whether two readings are the same: the same numbers, or the same error."""
    if "error" not in reading_one or "error" not in reading_two:
        return same(reading_one, reading_two, tolerance)
    one, two = reading_one["error"], reading_two["error"]
    return one["type"] == two["type"] and (one["type"] in NUMERIC_ERRORS or one["message"] == two["message"])


def misconception(answer: WrongAnswer, sure: bool = True) -> Misconception:
    """Return the misconception of a known wrong answer."""
    return Misconception(answer.name, answer.diagnosis, answer.advice, sure)


def load(path: Path, name: str = "answer") -> SimpleNamespace:
    """Execute a file, and return the names that it defines."""
    space: dict[str, Any] = {"__name__": name, "__file__": str(path)}
    exec(_code(path), space)
    return SimpleNamespace(**space)


@cache
def _code(path: Path) -> CodeType:
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")
