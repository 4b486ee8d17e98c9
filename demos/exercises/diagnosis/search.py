"""Search for the smallest edit of a student's own code that makes the answer right, and for the functions at fault.

All programs run in the sandbox (sandbox.trials), and are judged here. An edit is a repair if the answer is then right
at its own probes, and at those of two fresh seeds.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from threading import Event
from time import monotonic
from typing import Any

from ..course import Exercise
from ..inside import edits
from ..inside.edits import Edit
from ..inside.reading import Reading, plain
from ..judge import Failure, probes_for
from ..probe import Probe, same
from ..sandbox import Job, Trial, trials

SECONDS = 3.0  # how long a search may take
DEEP = 30.0  # and how long a deep one
FRESH = ("fresh", "fresh again")  # what is added to the source for other seeds
MOST_CONFIRMED = 40  # the most edits that are confirmed
FIRST_PROBES = 4  # at how many probes each edit is tried
LONGEST = 20_000  # the most characters of an answer that is searched


@dataclass(frozen=True)
class Fault:
    """What is wrong in one function: the edits that make it right, the simplest first.

    `where` is the function, such as "MLP.parameters"; `alone` is true if the rest of the answer is right.
    """

    where: str
    repairs: tuple[Edit, ...] = ()
    alone: bool = True


@dataclass
class Search:
    """The result of a search: the faults, the functions that are right, and how many edits were tried."""

    faults: list[Fault] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    tried: int = 0
    seconds: float = 0.0
    complete: bool = False  # whether all edits were tried


class Trialed:
    """An answer with the expected results of its probes and of those of fresh seeds."""

    def __init__(self, exercise: Exercise, source: str) -> None:
        self.exercise, self.source = exercise, source
        self.own = probes_for(exercise, source)
        self.probes = [*self.own, *(each for word in FRESH for each in probes_for(exercise, source + word))]
        self._expected: dict[int, dict[str, Any]] = {}

    @cached_property
    def template(self) -> ast.Module:
        return edits.program(self.exercise.template)

    def right_at(self, place: int, reading: Reading) -> bool:
        """Return whether a reading is right at a probe."""
        if place not in self._expected:
            self._expected[place] = plain(self.probes[place].expect())
        tolerance = self.probes[place].tolerance
        return all(same(reading.get(name), truth, tolerance) for name, truth in self._expected[place].items())

    def right(self, places: Sequence[int], readings: Sequence[Reading]) -> bool:
        """Return whether all readings at these probes are right."""
        return len(readings) == len(places) and all(map(self.right_at, places, readings))

    def run(self, jobs: Sequence[Job], seconds: float, stop: Event | None) -> list[Trial]:
        return trials(self.exercise, self.source, self.probes, jobs, seconds, stop)


def search(
    exercise: Exercise, source: str, readings: Sequence[Reading], seconds: float = SECONDS, stop: Event | None = None
) -> Search:
    """Search for the functions at fault, and for edits that make them right.

    Parameters
    ----------
    exercise: the exercise.
    source: the text of an answer that runs and is wrong.
    readings: what it gives at its probes.
    seconds: how long the search may take, about.
    stop: ends it once it is set.
    """
    since, result = monotonic(), Search()
    answer = Trialed(exercise, source)
    failing = [place for place, each in enumerate(readings) if not answer.right_at(place, each)]
    if not failing or len(source) > LONGEST:
        return result
    first = _first_probes(answer, failing)
    parts = _parts(answer)
    every = tuple(range(len(answer.own)))
    jobs = [Job(every, replace={name: parts[name] for name in names}) for names in _sets(parts)]
    jobs.append(Job(first, "all"))
    tried = answer.run(jobs, 0.5 * seconds, stop)
    at_fault = _at_fault(answer, jobs, tried, every)
    tree = edits.program(source)
    possible = edits.edits(tree, answer.template)
    near = [each for each in tried if each.job == len(jobs) - 1 and answer.right(first, each.readings)]
    chosen = [each.edit for each in near if each.edit is not None and each.edit < len(possible)]
    if len(at_fault) == 1:
        chosen = [place for place in chosen if _within(possible[place].where, at_fault[0], parts)]
    left = seconds - (monotonic() - since)
    found = _confirmed(answer, Job((), tuple(sorted(chosen)[:MOST_CONFIRMED])), left, stop)
    result.tried = len(possible)
    if found:
        by_place: dict[str, list[Edit]] = {}
        for place in found:
            by_place.setdefault(possible[place].where, []).append(possible[place])
        best = min(by_place, key=lambda where: by_place[where][0].cost)
        every_edit = sorted((each for some in by_place.values() for each in some), key=lambda each: each.cost)
        result.faults = [Fault(best, tuple(every_edit))]
    elif len(at_fault) == 1:
        result.faults = [Fault(at_fault[0])]
    elif at_fault:
        result.faults = [
            _alone(
                answer, name, {each: parts[each] for each in at_fault if each != name}, failing, since, seconds, stop
            )
            for name in at_fault
        ]
    names = [each.where for each in result.faults]
    result.right = [name for name in parts if name not in names] if at_fault else []
    result.seconds = monotonic() - since
    return result


def _alone(
    answer: Trialed,
    name: str,
    others: dict[str, str],
    failing: Sequence[int],
    since: float,
    seconds: float,
    stop: Event | None,
) -> Fault:
    """Return the fault in one function, with the others at fault replaced by the solution's."""
    left = seconds - (monotonic() - since)
    if left < 0.5:
        return Fault(name, alone=False)
    whole = tuple(range(len(answer.own)))
    before = answer.run([Job(whole, replace=others)], 0.5, stop)
    if not before or len(before[0].readings) != len(whole):
        return Fault(name, alone=False)
    still = [place for place in whole if not answer.right_at(place, before[0].readings[place])]
    if not still:
        return Fault(name, alone=False)
    first = _first_probes(answer, still)
    left = seconds - (monotonic() - since)
    tried = answer.run([Job(first, "all", others, (name,))], 0.4 * left, stop)
    possible = edits.edits(edits.program(answer.source, others), answer.template, (name,))
    near = [each.edit for each in tried if answer.right(first, each.readings) and each.edit is not None]
    job = Job((), tuple(sorted(place for place in near if place < len(possible))[:MOST_CONFIRMED]), others, (name,))
    found = _confirmed(answer, job, seconds - (monotonic() - since), stop)
    return Fault(name, tuple(possible[place] for place in found), alone=False)


def _confirmed(answer: Trialed, job: Job, seconds: float, stop: Event | None) -> list[int]:
    """Return the edits of a job that make the answer right at all probes, those of fresh seeds included."""
    if not job.edits or seconds < 0.2:
        return []
    everywhere = tuple(range(len(answer.probes)))
    jobs = [Job(everywhere, job.edits, job.replace, job.only)]
    return [
        each.edit
        for each in answer.run(jobs, seconds, stop)
        if each.edit is not None and each.edit in job.edits and answer.right(everywhere, each.readings)
    ]


def _first_probes(answer: Trialed, failing: Sequence[int]) -> tuple[int, ...]:
    """Return the probes at which each edit is tried: some that fail, of different questions, and one that does not."""
    chosen, kinds = [], set()
    for place in failing:
        kind = answer.own[place].observe.func
        if kind not in kinds:
            kinds.add(kind)
            chosen.append(place)
    chosen += [place for place in (failing[-1], failing[len(failing) // 2]) if place not in chosen]
    passing = [place for place in range(len(answer.own)) if place not in failing]
    return tuple((chosen + passing[:1])[:FIRST_PROBES])


def _parts(answer: Trialed) -> dict[str, str]:
    """Return the texts of the solution's functions that a student wrote, too; none if it is one alone."""
    solution = edits.functions(edits.program(answer.exercise.solution))
    own = edits.written(edits.program(answer.source), answer.template)
    both = {name: ast.unparse(solution[name]) for name in own if name in solution}
    return both if len(both) > 1 else {}


def _sets(parts: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the sets of functions that are replaced by the solution's: each alone, then two at a time."""
    return [*((name,) for name in parts), *combinations(parts, 2)]


def _at_fault(
    answer: Trialed, jobs: Sequence[Job], tried: Sequence[Trial], every: tuple[int, ...]
) -> tuple[str, ...]:
    """Return the smallest set of functions without which the answer is right; an empty one if none is known."""
    right = [
        tuple(jobs[each.job].replace)
        for each in tried
        if each.edit is None and jobs[each.job].replace and answer.right(every, each.readings)
    ]
    smallest = min(map(len, right), default=0)
    best = [each for each in right if len(each) == smallest]
    return best[0] if len(best) == 1 else ()


def _within(where: str, name: str, parts: dict[str, str]) -> bool:
    """Return whether an edit is in the function at fault, or in one that the solution does not have."""
    return where == name or where not in parts


def failing_probe(failure: Failure, probes: Sequence[Probe]) -> int:
    """Return the number of the probe of a failure."""
    return next(place for place, each in enumerate(probes) if each is failure.probe)
