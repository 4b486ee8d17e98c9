"""How long a check takes, in seconds of a processor: one of each exercise, without a search and with it.

    python tests/test_check_times.py [NAME]...

prints a table: a right answer, the slowest known wrong answer, and the slowest of some searches.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from demos.exercises import verdict
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.known import wrong_answers

if TYPE_CHECKING:
    from collections.abc import Callable

resource = pytest.importorskip("resource")
pytestmark = [pytest.mark.slow]

CHECK, SEARCH = 1.0, 4.0  # what is aimed at
SLACK = 2.5  # how many times that a busy or slow machine may take
SEARCHED = 3  # wrong answers of each exercise for which the repair search is timed


class Times(NamedTuple):
    """Seconds of an exercise: of a right answer's check, of the slowest wrong one's, and of the slowest search."""

    right: float
    wrong: float
    search: float


def spent() -> float:
    """Return the seconds that this process and its ended children have computed."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return float(sum(usage.ru_utime + usage.ru_stime for usage in usages))


def timed(function: Callable[[], object]) -> float:
    since = spent()
    function()
    return spent() - since


def times_of(each: Exercise, every: bool = False) -> Times:
    """Time the checks of an exercise, those of all known wrong answers if `every` is true, else of the first ones."""
    assert each.check  # what is loaded once is not counted
    texts = [known.source for known in wrong_answers(each)]
    texts = texts if every else texts[:SEARCHED]
    checks, searches = [], []
    for place, text in enumerate(texts):
        found: list[verdict.Verdict] = []
        checks.append(timed(lambda text=text, found=found: found.append(verdict.judge_source(each, text))))  # type: ignore[misc]
        if place < SEARCHED:
            searches.append(checks[-1] + timed(partial(verdict.searched, found[0], text)))
    return Times(timed(partial(verdict.judge_source, each, each.solution)), max(checks), max(searches))


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_a_check_is_short(each: Exercise) -> None:
    times = times_of(each)
    assert 0 < times.right < SLACK * CHECK
    assert 0 < times.wrong < SLACK * CHECK
    assert 0 < times.search < SLACK * SEARCH


if __name__ == "__main__":
    verdict.judge_source(COURSE[0], COURSE[0].solution)
    print("| exercise | right | slowest wrong | with a search |\n|---|---|---|---|")
    for one in [exercise(name) for name in sys.argv[1:]] or COURSE:
        print(
            f"| {one.name} | " + " | ".join(f"{seconds:.2f} s" for seconds in times_of(one, every=True)) + " |",
            flush=True,
        )
