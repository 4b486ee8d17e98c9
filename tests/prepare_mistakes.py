"""Write the mistakes that are prepared for each exercise: edits of its solution that give something wrong.

    python tests/prepare_mistakes.py [NAME]...

It also writes which kinds of edits make each known wrong answer right: one that is made right by another kind has
perhaps another mistake. Run it after a change of a solution or of the edits.

An edit is prepared if it is simple, is soon done, gives the same at two seeds as no other prepared one and no known
wrong answer, and is wrong at a usual input without an error.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from demos.exercises import judge, verdict
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.diagnosis.search import search
from demos.exercises.generated import FILE, REPAIRS, Mutants, Row, readings_of, row_of
from demos.exercises.inside import trials
from demos.exercises.inside.edits import VAGUE
from demos.exercises.inside.reading import plain
from demos.exercises.known import wrong_answers
from demos.exercises.probe import same

SEEDS = ("prepared", "prepared again")
DEAREST = 2.0  # the highest cost of an edit
MOST = 80  # the most classes of edits that give the same
OF_A_CLASS = 3  # the most of them: if they differ in kind, a diagnosis is a question
SECONDS = 0.05  # how long all probes of an edit may take
WITHOUT = ("symmetry", "xor", "digits", "curves")  # their readings are words, or take long


def prepared(each: Exercise) -> list[Row]:
    """Return the rows of an exercise."""
    probes = [probe for seed in SEEDS for probe in judge.probes_for(each, seed)]
    truth = [plain(probe.expect()) for probe in probes]
    first = readings_of(judge.load(each.folder / "right/solution.py"), probes)
    known = [readings_of(answer.load(), probes) for answer in wrong_answers(each)]
    mutants = Mutants(each)
    classes: list[tuple[list[Any], list[Row]]] = []

    def right_at(place: int, given: dict[str, Any]) -> bool:
        return all(same(given.get(name), value, probes[place].tolerance) for name, value in truth[place].items())

    for edit in mutants.edits:
        if edit.cost > DEAREST or len(classes) >= MOST:
            break
        given: list[Any] = []
        limit = trials.limit(SECONDS, trials.by_signal)
        with contextlib.suppress(Exception, SystemExit, trials.Slow), limit:
            if answers := mutants.answers(edit):
                given = readings_of(answers, probes)
        wrong = [place for place, one in enumerate(given) if not right_at(place, one)]
        usual = [place for place in wrong if not probes[place].beyond]
        if not usual or any("error" in one for one in given) or same(given, first, 1e-9):
            continue
        if any(same(given, other, 1e-7) for other in known):
            continue
        kin = next((rows for other, rows in classes if same(given, other, 1e-7)), None)
        if kin is None:
            classes.append((given, [row_of(edit)]))
        elif len(kin) < OF_A_CLASS and row_of(edit)[:2] not in [row[:2] for row in kin]:
            kin.append(row_of(edit))
    return [row for _, rows in classes if {row.kind for row in rows} - {*VAGUE} for row in rows]


def repaired(each: Exercise) -> str:
    """Return a line for each known wrong answer that an edit makes right: its name, and the kinds of such edits."""
    lines = []
    for answer in wrong_answers(each):
        found = verdict.judge_source(each, answer.source)
        search_result = search(each, answer.source, found.readings, known=True)
        kinds = dict.fromkeys(kind for fault in search_result.faults for edit in fault.repairs for kind in edit.kinds)
        if kinds:
            lines.append(f"{answer.name} | {', '.join(kinds)}\n")
    return "".join(lines)


def main() -> None:
    trials.listen()
    for each in [exercise(name) for name in sys.argv[1:]] or COURSE:
        if kinds := repaired(each):
            (each.folder / REPAIRS).write_text(kinds, encoding="utf-8")
        if each.name in WITHOUT:
            continue
        rows = prepared(each)
        text = "".join(f"{row.line}\n" for row in rows)
        if text:
            (each.folder / FILE).write_text(text, encoding="utf-8")
        print(f"{each.name}: {len(rows)} prepared")


if __name__ == "__main__":
    main()
