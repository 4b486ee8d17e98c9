"""Search for the smallest edit of a student's own code that makes the answer right, and for the functions at fault.

All programs run in isolation, and are judged here. An edit is a repair if the answer is then right at its own probes,
and at those of two fresh seeds. `steps` asks for each run and waits for its trials, so that who calls it decides
where programs run: `search` runs them in the sandbox of this machine, the page of the classroom in a worker.
"""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, islice, product
from threading import Event
from time import monotonic
from typing import Any, TypeAlias, TypeVar

from ..course import Exercise
from ..inside import edits
from ..inside.edits import Edit
from ..inside.reading import Reading, plain
from ..judge import probes_for, tells_by_number
from ..probe import Probe, same
from ..sandbox import Job, Trial, needs_of, template_of, trials
from .comparing import ADDING, BY_CHANCE, candidates, every_function, leads_toward, right_functions

T = TypeVar("T")
SECONDS = 3.0  # how long a search may take
DEEP = 30.0  # and how long a deep one
FRESH = ("fresh", "fresh again")  # what is added to the source for other seeds
MOST_CONFIRMED = 40  # the most edits that are confirmed
FIRST_PROBES = 4  # at how many probes each edit is tried
REPLACING = 0.6  # how many seconds programs with functions of the solution may take
TOWARD = 0.25  # the share of a search's seconds for changes toward right answers
# That of edits of the table: by themselves, beside changes toward right answers, and if one of those is a repair.
TABLE, TABLE_BESIDE, TABLE_AFTER = 0.45, 0.4, 0.25
PAIRS = 0.3  # the share of a search's seconds for two edits at a time
LARGE = 3.0  # the cost of a change that two small ones may explain better
MOST_PAIRS = 4000  # the most pairs that are tried
MOST_PAIRED = 130  # of the simplest edits, how many are joined with each other
# The kinds of those: what students forget, turn round or take for something else. Others are many, and rarer.
LIKELY = ("sign", "swapped", "operator", "assignment", "parentheses", "factor", "less factor", "power", "less power",
          "term", "comparison", "by one", "attribute", "less data", "data", "index", "call", "line")  # fmt: skip
MOST_HELPFUL = 10  # and how many that make a result right, with all others
MOST_ALONE = 6  # of how many pairs the parts are tried by themselves
LONGEST = 20_000  # the most characters of an answer that is searched


@dataclass(frozen=True)
class Run:
    """Programs to run, which differ a little from `source`: the jobs, their probes, and the seconds of computing."""

    source: str
    probes: Sequence[Probe]
    jobs: Sequence[Job]
    seconds: float


Steps: TypeAlias = "Generator[Run, list[Trial], T]"  # what asks for runs, gets their trials, and returns a T


@dataclass(frozen=True)
class Fault:
    """What is wrong in one function: the edits that make it right, the simplest first.

    `where` is the function, such as "MLP.parameters"; `alone` is true if the rest of the answer is right; `unused`
    has the arguments that it does not use and that right answers do.
    """

    where: str
    repairs: tuple[Edit, ...] = ()
    alone: bool = True
    unused: tuple[str, ...] = ()


@dataclass
class Search:
    """The result of a search: the faults, the functions that are right, and how many edits were tried.

    `like` has the edits of the solution that give, at every probe, what the answer gives; `helpers` the student's own
    functions that all functions at fault use.
    """

    faults: list[Fault] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    like: tuple[Edit, ...] = ()
    helpers: tuple[str, ...] = ()
    tried: int = 0
    seconds: float = 0.0


class Trialed:
    """An answer with the expected results of its probes and of those of fresh seeds."""

    def __init__(self, exercise: Exercise, source: str) -> None:
        self.exercise, self.source = exercise, source
        self.own = probes_for(exercise, source)
        self.probes = [*self.own, *(each for word in FRESH for each in probes_for(exercise, source + word))]
        self.every = tuple(range(len(self.own)))
        self._expected: dict[int, dict[str, Any]] = {}

    @cached_property
    def template(self) -> ast.Module:
        return edits.program(template_of(self.exercise))

    def edits(self, tree: ast.Module, only: Sequence[str] = ()) -> list[Edit]:
        """Return the edits of a program like this answer, as the isolated process lists them."""
        return edits.edits(tree, self.template, only, needs_of(self.exercise))

    def right_at(self, place: int, reading: Reading) -> bool:
        """Return whether a reading is right at a probe."""
        if place not in self._expected:
            self._expected[place] = plain(self.probes[place].expect())
        tolerance = self.probes[place].tolerance
        return all(same(reading.get(name), truth, tolerance) for name, truth in self._expected[place].items())

    def rights_at(self, place: int, reading: Reading) -> int:
        """Return how many results of a reading are right at a probe."""
        self.right_at(place, reading)
        tolerance = self.probes[place].tolerance
        return sum(same(reading.get(name), truth, tolerance) for name, truth in self._expected[place].items())

    def right(self, places: Sequence[int], readings: Sequence[Reading]) -> bool:
        """Return whether all readings at these probes are right."""
        return len(readings) == len(places) and all(map(self.right_at, places, readings))

    def run(self, jobs: Sequence[Job], seconds: float) -> Run:
        return Run(self.source, self.probes, jobs, seconds)


def search(
    exercise: Exercise,
    source: str,
    readings: Sequence[Reading],
    seconds: float = SECONDS,
    stop: Event | None = None,
    known: bool = False,
) -> Search:
    """Search as `steps` does, in the sandbox of this machine. `stop` ends the search once it is set."""
    return in_sandbox(exercise, steps(exercise, source, readings, seconds, known), stop)


def in_sandbox(exercise: Exercise, asking: Steps[T], stop: Event | None = None) -> T:
    """Run what is asked for in the sandbox of this machine, and return what comes of it."""
    answers: list[Trial] | None = None
    try:
        while True:
            run = next(asking) if answers is None else asking.send(answers)
            answers = trials(exercise, run.source, run.probes, run.jobs, run.seconds, stop)
    except StopIteration as end:
        result: T = end.value
        return result


def steps(
    exercise: Exercise, source: str, readings: Sequence[Reading], seconds: float = SECONDS, known: bool = False
) -> Steps[Search]:
    """Search for the functions at fault, and for edits that make them right.

    It asks for some runs after each other: one replaces functions by the solution's, which shows where the answer is
    wrong; one tries changes that lead toward right answers; one tries each edit at a few probes; and one runs those
    that are right there at all probes, and at those of fresh seeds. If no edit makes the answer right, two at a time
    are tried, and then edits of the solution, which may give what it gives.

    Parameters
    ----------
    exercise: the exercise.
    source: the text of an answer that runs and is wrong.
    readings: what it gives at its probes.
    seconds: how long the search may take, about.
    known: whether the mistake is known already, so that edits of the solution need not be tried.
    """
    since, result = monotonic(), Search()
    answer = Trialed(exercise, source)
    if answer.right(answer.every, readings) or len(source) > LONGEST:
        return result
    parts = _parts(answer)
    replaced = (yield from _replaced(answer, parts)) if parts else {}
    at_fault = _at_fault(answer, replaced)
    own = [name for name in edits.written(edits.program(source), answer.template) if name not in parts]
    jobs = []
    for name in at_fault if len(at_fault) == 2 else ("",):
        others = {each: parts[each] for each in at_fault if name and each != name}
        before = replaced[tuple(others)] if others else readings
        only = (*(at_fault if len(at_fault) == 1 else [name] if name else []), *own)
        jobs.append(Job(_first_probes(answer, before), "all", others, (*only, "") if at_fault else ()))
    trees = [edits.program(source, job.replace) for job in jobs]
    possible = [answer.edits(tree, job.only) for tree, job in zip(trees, jobs)]
    names = at_fault or [each for each in own if each in parts or not parts]
    toward: list[list[Edit]] = [[] for _ in jobs]
    if not known:
        yield from _toward_right(answer, names, jobs, toward, TOWARD * seconds)
    share = TABLE_AFTER if all(toward) else TABLE if known else TABLE_BESIDE
    tried = yield answer.run(jobs, share * seconds)
    repairs = yield from _confirmed(answer, jobs, tried, possible, 0.25 * seconds)
    first = next(place for place in answer.every if not answer.right_at(place, readings[place]))
    by_number = "error" in readings[first] or tells_by_number(answer.own[first], readings[first])
    for place, tree in enumerate(trees):
        _doubt(answer, tree, repairs[place])
        if not by_number:  # a yes or no may come right by chance
            repairs[place] = [each for each in repairs[place] if not each.doubted]
        repairs[place] = sorted([*repairs[place], *toward[place]], key=lambda each: each.rank)
    if not known and not all(map(_simple, repairs)) and monotonic() - since < 0.7 * seconds:
        yield from _in_pairs(answer, jobs, tried, possible, repairs, PAIRS * seconds)
    result.tried = sum(map(len, possible))
    alone = len(at_fault) < 2
    for name, repaired in zip(at_fault or [""], repairs):
        where = repaired[0].where if alone and repaired else name
        unused = () if known else _unused(answer, where or (names[0] if len(names) == 1 else ""))
        if where or repaired or unused:
            result.faults.append(Fault(where, tuple(repaired), alone, unused))
    result.right = [name for name in parts if name not in [each.where for each in result.faults]] if at_fault else []
    result.helpers = _helpers(source, at_fault, own)
    in_time = monotonic() - since < 0.7 * seconds
    if in_time and not known and not any(each.repairs for each in result.faults):
        result.like = yield from _generated(answer, readings, 0.15 * seconds)
    result.seconds = monotonic() - since
    return result


def _simple(repairs: Sequence[Edit]) -> bool:
    """Return whether one of some repairs is a single change that is not large."""
    return any(not each.parts and each.cost <= LARGE for each in repairs)


def _doubt(answer: Trialed, tree: ast.Module, repairs: list[Edit]) -> None:
    """Mark the repairs that lead away from right answers, and put them behind the others."""
    for place, edit in enumerate(repairs):
        old = edits.functions(tree).get(edit.where)
        if old is None or not {*edit.kinds} & {*BY_CHANCE}:
            continue
        old = deepcopy(old)
        back = edit.apply()
        new = edits.functions(tree)[edit.where]
        right = right_functions(answer.exercise, edit.where) or every_function(answer.exercise)
        if not leads_toward(old, new, right, adds=edit.kind in ADDING):
            repairs[place] = edit._replace(doubted=True)
        edits.take_back(back)
    repairs.sort(key=lambda each: each.rank)


def _helpers(source: str, names: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """Return the functions of `own` that each of some functions calls, at once or through others."""
    every = edits.functions(edits.program(source))
    short = {name.rpartition(".")[2]: name for name in every}

    def reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        calls = {short[word] for word in edits.called_in(every[name]) if word in short} - seen - {name}
        return calls.union(*(reached(each, seen | calls | {name}) for each in calls))

    called = [reached(name) for name in names if name in every]
    return tuple(each for each in own if called and all(each in some for some in called))


def _unused(answer: Trialed, name: str) -> tuple[str, ...]:
    """Return the arguments of a function that it does not use and that each right answer does."""
    own = edits.used(answer.source).get(name)
    right = [edits.used(path.read_text(encoding="utf-8")).get(name) for path in answer.exercise.right]
    needed = needs_of(answer.exercise).get(name, []) if own is not None else []
    needed = [each for each in needed if each not in (own or ())]
    return tuple(each for each in needed if all(some is None or each in some for some in right))


def _toward_right(
    answer: Trialed, names: Sequence[str], jobs: Sequence[Job], repairs: list[list[Edit]], seconds: float
) -> Steps[None]:
    """Try changes that lead toward right answers, and add those that make the answer right to `repairs`."""
    tree = edits.functions(edits.program(answer.source))
    chosen: list[tuple[int, Edit, Job]] = []
    for place, job in enumerate(jobs):
        for name in names if len(jobs) == 1 else names[place : place + 1]:
            right = right_functions(answer.exercise, name)
            for each in candidates(tree[name], right, name) if name in tree else ():
                there = {**job.replace, name: each.text}
                chosen.append((place, each.edit, replace(job, replace=there, edits=None, errors=False)))
    chosen.sort(key=lambda each: each[1].cost)
    everywhere = tuple(range(len(answer.probes)))
    for places in (jobs[0].probes, everywhere):
        trying = [replace(job, probes=places) for _, _, job in chosen]
        tried = yield answer.run(trying, seconds / 2)
        right_ones = {each.job for each in tried if answer.right(places, each.readings)}
        chosen = [each for number, each in enumerate(chosen) if number in right_ones][:MOST_CONFIRMED]
        if not chosen:
            return
    for place, edit, _ in chosen:
        repairs[place].append(edit)


def _generated(answer: Trialed, readings: Sequence[Reading], seconds: float) -> Steps[tuple[Edit, ...]]:
    """Return the edits of the solution that give what an answer gives at every probe, the simplest first."""
    solution, first = answer.exercise.solution, _first_probes(answer, readings)
    if any("error" in readings[place] for place in first):
        return ()
    if not tells_by_number(answer.own[first[0]], readings[first[0]]):
        return ()

    def alike(job: Job, trial: Trial) -> bool:
        pairs = zip(job.probes, trial.readings)
        near = all(same(each, readings[place], answer.probes[place].tolerance / 10) for place, each in pairs)
        return near and len(trial.readings) == len(job.probes)

    def run(job: Job) -> Steps[list[int]]:
        tried = yield Run(solution, answer.own, [job], seconds)
        return sorted(each.edit for each in tried if each.edit is not None and alike(job, each))

    near = (yield from run(Job(first, "all")))[:MOST_CONFIRMED]
    places = (yield from run(Job(answer.every, tuple(near)))) if near else []
    possible = answer.edits(edits.program(solution))
    return tuple(possible[place] for place in places)


def _replaced(answer: Trialed, parts: dict[str, str]) -> Steps[dict[tuple[str, ...], list[Reading]]]:
    """Return what the answer gives with each function replaced by the solution's, alone and two at a time."""
    sets = [*((name,) for name in parts), *combinations(parts, 2)]
    jobs = [Job(answer.every, replace={name: parts[name] for name in names}) for names in sets]
    tried = yield answer.run(jobs, REPLACING)
    return {sets[each.job]: each.readings for each in tried if len(each.readings) == len(answer.every)}


def _at_fault(answer: Trialed, replaced: dict[tuple[str, ...], list[Reading]]) -> tuple[str, ...]:
    """Return the smallest set of functions without which the answer is right; an empty one if none is known."""
    right = [names for names, readings in replaced.items() if answer.right(answer.every, readings)]
    smallest = min(map(len, right), default=0)
    best = [names for names in right if len(names) == smallest]
    known = len(best) == 1 and all((name,) in replaced for name in best[0])
    return best[0] if known else ()


def _confirmed(
    answer: Trialed,
    jobs: Sequence[Job],
    tried: Sequence[Trial],
    possible: Sequence[Sequence[Edit]],
    seconds: float,
) -> Steps[list[list[Edit]]]:
    """Return, for each job, the edits that make the answer right at all probes, those of fresh seeds included.

    They are those that have made it right at the probes of the job, as `tried` says; without it, all of the job.
    """
    everywhere = tuple(range(len(answer.probes)))
    chosen = []
    for number, job in enumerate(jobs):
        some = [each.edit for each in tried if each.job == number and answer.right(job.probes, each.readings)]
        places = sorted(each for each in some if each is not None and each < len(possible[number]))
        if not tried and isinstance(job.edits, tuple):
            places = [*job.edits]
        if job.two:
            places.sort(key=lambda place: possible[number][place].cost)
        chosen.append(replace(job, probes=everywhere, edits=tuple(places[:MOST_CONFIRMED])))
    confirmed: list[list[Edit]] = [[] for _ in jobs]
    if any(job.edits for job in chosen):
        for each in (yield answer.run(chosen, seconds)):
            if each.edit in (chosen[each.job].edits or ()) and answer.right(everywhere, each.readings):
                confirmed[each.job].append(possible[each.job][each.edit or 0])
    return confirmed


def _in_pairs(
    answer: Trialed,
    jobs: Sequence[Job],
    tried: Sequence[Trial],
    possible: Sequence[Sequence[Edit]],
    repairs: list[list[Edit]],
    seconds: float,
) -> Steps[None]:
    """Try two edits at a time where one is not enough, and add those that make the answer right to `repairs`.

    Both parts of each are tried by themselves, too: if one is enough, it is the repair.
    """
    places = [place for place, each in enumerate(repairs) if not _simple(each)]
    joined = [edits.Pairs(possible[place]) for place in places]
    double = [
        replace(jobs[place], two=True, edits=_promising(answer, jobs[place], tried, place, pairs))
        for place, pairs in zip(places, joined)
    ]
    readings = yield answer.run(double, 0.7 * seconds)
    both = yield from _confirmed(answer, double, readings, joined, 0.2 * seconds)
    for place, pairs in zip(places, both):
        parts = dict.fromkeys(possible[place].index(part) for each in pairs[:MOST_ALONE] for part in each.parts)
        alone = [replace(jobs[place], edits=tuple(parts))]
        enough = (yield from _confirmed(answer, alone, [], [possible[place]], 0.1 * seconds)) if parts else [[]]
        repairs[place] = sorted([*repairs[place], *(enough[0] or pairs)], key=lambda each: each.rank)


def _promising(answer: Trialed, job: Job, tried: Sequence[Trial], number: int, pairs: edits.Pairs) -> tuple[int, ...]:
    """Return the places of the pairs to try: those with an edit that makes a result right come first."""
    every, rights = pairs.every, {}
    for each in tried:
        if each.job == number and each.edit is not None and each.edit < len(every):
            rights[each.edit] = sum(map(answer.rights_at, job.probes, each.readings))
    usual = min(rights.values(), default=0)
    best = sorted((place for place in rights if rights[place] > usual), key=lambda place: (-rights[place], place))
    helpful = best[:MOST_HELPFUL]
    likely = [place for place, each in enumerate(every) if each.kind in LIKELY][:MOST_PAIRED]
    with_helpful = {(min(pair), max(pair)) for pair in product(helpful, range(len(every))) if pair[0] != pair[1]}
    chosen = sorted(
        (pair not in with_helpful, sum(every[place].cost for place in pair), *pair)
        for pair in with_helpful.union(combinations(likely, 2))
    )
    usable = (pairs.place(one, other) for _, _, one, other in chosen if pairs.possible(one, other))
    return tuple(islice(usable, MOST_PAIRS))


def _first_probes(answer: Trialed, readings: Sequence[Reading]) -> tuple[int, ...]:
    """Return the probes at which each edit is tried: failing ones of different questions, and a right one."""
    failing = [place for place in answer.every if not answer.right_at(place, readings[place])]
    chosen, kinds = [], set()
    for place in failing:
        kind = answer.own[place].observe.func
        if kind not in kinds:
            kinds.add(kind)
            chosen.append(place)
    chosen += [place for place in (failing[-1], failing[len(failing) // 2]) if place not in chosen] if failing else []
    passing = [place for place in answer.every if place not in failing]
    return tuple(dict.fromkeys((chosen + passing[:1])[:FIRST_PROBES]))


def _parts(answer: Trialed) -> dict[str, str]:
    """Return the texts of the solution's functions that a student wrote, too; none if it is one alone."""
    solution = edits.functions(edits.program(answer.exercise.solution))
    own = edits.written(edits.program(answer.source), answer.template)
    both = {name: ast.unparse(solution[name]) for name in own if name in solution}
    return both if len(both) > 1 else {}
