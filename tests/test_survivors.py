"""No false pass: small edits of each solution, and each that still passes does the same, or is explained here.

    python tests/test_survivors.py [NAME]...

prints a table of all of them: how many edits there are and were tried, how many were caught, and which still pass.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from demos.exercises import judge
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.inside import edits, trials
from demos.exercises.inside.reading import observe, plain
from demos.exercises.probe import Probe, same

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(trials.signal, "setitimer"), reason="needs a timer")]

SEEDS = ("one", "another")
LEAST = 3000  # mutants of all exercises
LEAST_EQUAL = 100  # of them, those that do what the solution does
STRIDE = {
    "symmetry": 60,
    "xor": 150,
    "digits": 60,
    "generate": 30,
}  # of these, whose checks are slow, one edit in so many is tried
USUAL = 6

# Edits that pass and give something else, by what they say: what an exercise leaves to the student.
EXPLAINED = {
    "nudge": r"^Write `[\de.* /-]+` in place of `1e-05`\.$|`2 \* h` in place of `h`",  # the step, and twice the step
    "recursion": r"self\.grad",  # it is the root's, which is 1: one more product of each edge
    # how close is close
    "gradcheck": r"TOLERANCE|max\(abs\(claimed\), abs\(slope\)\) - H|^Write `[\de.* /-]+` in place of",
    "neuron": r"uniform|len\(name\)|^Write `-1` in place of `1`|shuffle\(names\)",  # drawn otherwise
    "symmetry": r"gauss|size|sqrt|inputs|^Write `[\de.* /-]+` in place of",  # how large sums are, from 0.3 to 3
    # the rows of the test in another order, and all rows of both parts many times
    "digits": r"^Add `rng\.shuffle\(test\)`|^Write `reversed\(test\)`"
    r"|`places\[:cut\] \* len\(places\)`.*`places\[cut:\] \* len\(places\)`",
    # how many neurons and epochs, which rate, a multiple or the root of the loss, two steps along one gradient, and
    # the loss of an epoch that was broken off
    "xor": r"^Write `[\de.* /-]+` in place of|^Write `loss \*\*? [\d.]+`"
    r"|^Write `loss\.data [+*] loss(?:\.data)?`|^Add `optimizer\.step\(\)`|^Write `losses\[",
}


def probes_of(each: Exercise) -> list[tuple[Probe, dict[str, Any]]]:
    return [(probe, plain(probe.expect())) for seed in SEEDS for probe in judge.probes_for(each, seed)]


def right(answers: SimpleNamespace, probe: Probe, truth: dict[str, Any]) -> bool:
    reading = probe.reading(observe(answers, [probe.observe], ["answer"])[0])
    return all(same(reading.get(name), value, probe.tolerance) for name, value in truth.items())


def executed(tree: Any) -> SimpleNamespace:
    space: dict[str, Any] = {"__name__": "answer", "__file__": "answer"}
    random.seed(1)
    exec(compile(tree, "answer", "exec"), space)
    return SimpleNamespace(**space)


class Result(NamedTuple):
    """How many edits a solution has and how many were tried, and what those say that pass: equal ones, and others."""

    possible: int
    tried: int
    equal: list[str]
    others: list[str]

    @property
    def caught(self) -> int:
        return self.tried - len(self.equal) - len(self.others)

    def unexplained(self, each: Exercise) -> list[str]:
        return [text for text in self.others if not re.search(EXPLAINED.get(each.name, "^$"), text)]


def mutants_of(each: Exercise, usual: int = USUAL) -> Result:
    """Try the edits of the solution of an exercise: one in `usual`, or in more where its check is slow."""
    tree = edits.program(each.solution)
    probes = probes_of(each)
    raw = observe(executed(tree), [probe.observe for probe, _ in probes])
    possible = edits.edits(tree, edits.program(each.template))
    every = possible[:: STRIDE.get(each.name, usual)]
    equal, others, order = [], [], [*probes]
    for edit in every:
        back = edit.apply()
        limit = trials.limit(2.0, trials.by_signal)
        with contextlib.suppress(Exception, SystemExit, trials.Slow), limit:
            answers = executed(tree)
            failing = next((pair for pair in order if not right(answers, *pair)), None)
            if failing is None:
                observed = observe(answers, [probe.observe for probe, _ in probes])
                alike = all(same(one, other, 1e-9) for one, other in zip(raw, observed))
                (equal if alike else others).append(edits.sentence(edit))
            elif failing is not order[0]:  # the probe that finds one mistake finds others
                order.remove(failing)
                order.insert(0, failing)
        edits.take_back(back)
    return Result(len(possible), len(every), equal, others)


def test_edits_of_the_solutions_are_caught_or_explained() -> None:
    trials.listen()
    tried, equal, survivors = 0, 0, {}
    with contextlib.redirect_stdout(io.StringIO()):
        for each in COURSE:
            result = mutants_of(each)
            tried += result.tried
            equal += len(result.equal)
            if unexplained := result.unexplained(each):
                survivors[each.name] = unexplained
    assert not survivors
    assert tried >= LEAST
    assert equal >= LEAST_EQUAL, "even edits that change nothing are caught: is it the test that fails?"


def print_table(exercises: list[Exercise]) -> None:
    """Print a row for each exercise, and the edits that pass and are not explained."""
    print("| exercise | edits | tried | caught | equal to the solution | explained | not explained |")
    print("|---|---|---|---|---|---|---|")
    total, left = [0] * 6, []
    for each in exercises:
        with contextlib.redirect_stdout(io.StringIO()):
            result = mutants_of(each, usual=1)
        unexplained = result.unexplained(each)
        explained = len(result.others) - len(unexplained)
        row = [result.possible, result.tried, result.caught, len(result.equal), explained, len(unexplained)]
        total = [sum(pair) for pair in zip(total, row)]
        left += [f"{each.name}: {text}" for text in unexplained]
        print(f"| {each.name} | {' | '.join(map(str, row))} |", flush=True)
    print(f"| all | {' | '.join(map(str, total))} |", *left, sep="\n")


if __name__ == "__main__":
    trials.listen()
    print_table([exercise(name) for name in sys.argv[1:]] or COURSE)
