"""Sum up the grades of a class: how many students are right in each exercise, and the mistakes that they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .course import Exercise
from .report import error_text
from .sandbox import Trouble
from .submissions import Grade, Submission

JUDGED_WRONG = ("begun", "error")


class Kind(NamedTuple):
    """What is wrong with an answer: a key that answers with the same mistake share, a sentence, and what to try.

    `known` is true for a mistake that has a name, and false if only the wrong result is known. `sure` is false if the
    answer only looks like the mistake.
    """

    key: str
    sentence: str
    advice: str = ""
    known: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Mistake:
    """A mistake in an exercise, the names of the students who made it, and of those who perhaps made it."""

    exercise: Exercise
    kind: Kind
    students: list[str] = field(default_factory=list)
    perhaps: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.students) + len(self.perhaps)

    @property
    def names(self) -> str:
        """The names, those who perhaps made it last."""
        certain = [", ".join(self.students)] if self.students else []
        perhaps = ["perhaps " + ", ".join(self.perhaps)] if self.perhaps else []
        return "; ".join(certain + perhaps)


class Total(NamedTuple):
    """How many students have each state in an exercise."""

    exercise: Exercise
    states: dict[str, int]

    @property
    def right(self) -> int:
        return self.states.get("done", 0)


def totals(submissions: Sequence[Submission]) -> list[Total]:
    """Return the total of each exercise, in the order of the grades."""
    sums = [Total(grade.verdict.exercise, {}) for grade in submissions[0].grades]
    for each in submissions:
        for (_, states), grade in zip(sums, each.grades):
            states[grade.verdict.state] = states.get(grade.verdict.state, 0) + 1
    return sums


def mistakes(submissions: Sequence[Submission]) -> list[Mistake]:
    """Return the mistakes of a class, the commonest first.

    Of those that are as common, the ones with a name come first, then those of the earlier exercise.
    """
    by_key: dict[tuple[str, str], Mistake] = {}
    for each in submissions:
        for grade in each.grades:
            if kind := kind_of(grade):
                exercise = grade.verdict.exercise
                mistake = by_key.setdefault((exercise.id, kind.key), Mistake(exercise, kind))
                (mistake.students if kind.sure else mistake.perhaps).append(each.name)
    return sorted(by_key.values(), key=lambda each: (-each.count, not each.kind.known, each.exercise.id))


def kind_of(grade: Grade) -> Kind | None:
    """Return what is wrong with an answer; None for one that is right, or that was not begun or not judged."""
    verdict = grade.verdict
    if verdict.state not in JUDGED_WRONG:
        return None
    if verdict.trouble:
        return Kind(f"trouble {verdict.trouble.kind}", trouble_sentence(verdict.trouble))
    failure = verdict.failure
    if failure is None:
        return None
    if failure.todo:
        return Kind("todo", "A TODO is left.")
    if failure.misconception:
        known = failure.misconception
        return Kind(known.name, known.diagnosis, known.advice, known=True, sure=known.sure)
    if failure.error:
        key = failure.error["type"], failure.probe.observe.func.__name__, str(failure.error.get("returned"))
        return Kind(f"error {' '.join(key)}", f"An error. One of them: {error_text(failure.error)}")
    if failure.got is None and failure.expected is not None:
        return Kind("nothing", "Nothing is returned.")
    if verdict.facts:
        shown = verdict.facts[0]
        return Kind(f"shows {general(shown.kind)}", general(shown.sentence))
    unnamed = f"Wrong first: {failure.name}. No known mistake gives the same, and theirs may differ."
    return Kind(f"wrong {failure.name}", unnamed)


# What is true of all files that could not be tried for the same reason.
TROUBLES = {
    "SyntaxError": "A line is not Python.",
    "missing": "A name that is asked for is not defined.",
    "late": "It does not end in time.",
    "flood": "It prints too much.",
    "MemoryError": "It asks for more memory than a check has.",
    "EOFError": "It asks for input.",
    "SystemExit": "It ends the program.",
    "RecursionError": "It calls itself without end.",
    "refused": "It asks for something that an answer may not do.",
}


def trouble_sentence(trouble: Trouble) -> str:
    """Return why files could not be tried, as a sentence that fits all of a kind."""
    return (
        TROUBLES.get(trouble.kind) or f"It could not be tried. One of them: {trouble.sentence.partition(chr(10))[0]}"
    )


def general(sentence: str) -> str:
    """Return a sentence without its numbers, which differ between answers with the same mistake.

    >>> general("Line 12 is not Python: '(' was never closed")
    "Line ... is not Python: '(' was never closed"
    """
    return re.sub(r"(?<!\w)-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", "...", sentence)
