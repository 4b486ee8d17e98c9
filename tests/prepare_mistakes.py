"""Write the mistakes that are prepared for each exercise: edits of its solution that give something wrong.

    python tests/prepare_mistakes.py [NAME]...

It also writes which kinds of edits make each known wrong answer right: one that is made right by another kind has
perhaps another mistake. Run it after a change of an exercise or of the edits. Without a name, it takes the exercises
that are not as they were when their mistakes were prepared: `prepared_mistakes.txt` has a digest of each.

An edit is prepared if it is simple, is soon done, gives the same at two seeds as no other prepared one and no known
wrong answer, and is wrong at a usual input without an error.
"""

from __future__ import annotations

import contextlib
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from demos.exercises import judge, verdict
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.diagnosis.search import DEEP, search
from demos.exercises.generated import FILE, REPAIRS, SEPARATOR, Mutants, Row, readings_of, row_of
from demos.exercises.inside import trials
from demos.exercises.inside.edits import VAGUE
from demos.exercises.inside.reading import plain
from demos.exercises.known import parts, wrong_answers
from demos.exercises.probe import same

SEEDS = ("prepared", "prepared again")
DEAREST = 2.0  # the highest cost of an edit
MOST = 80  # the most classes of edits that give the same
OF_A_CLASS = 3  # the most of them: if they differ in kind, a diagnosis is a question
SECONDS = 0.05  # how long all probes of an edit may take
WITHOUT = ("symmetry", "xor", "digits", "curves")  # their readings are words, or take long
DIGESTS = Path(__file__).parent / "prepared_mistakes.txt"
PREPARED_FROM = ("exercise.py", "right/solution.py", "check.py", "ask.py")  # of the folder of an exercise


def digest(each: Exercise) -> str:
    """Return a digest of what the mistakes of an exercise are prepared from.

    That is its check, its solution, the edits of the solution, its known wrong answers, and the limits above.
    """
    made_of = [repr((SEEDS, DEAREST, MOST, OF_A_CLASS))]
    made_of += [path.read_text(encoding="utf-8") for name in PREPARED_FROM if (path := each.folder / name).is_file()]
    made_of += [repr(part._replace(text="")) for part in parts(each)]
    made_of += [path.read_text(encoding="utf-8") for path in sorted((each.folder / "wrong").glob("*.py"))]
    made_of += [f"{edit.cost} {row_of(edit).line}" for edit in Mutants(each).edits]
    return sha256("\n".join(made_of).encode()).hexdigest()[:16]


def digests() -> dict[str, str]:
    """Return the digest of each exercise when its mistakes were prepared, by its name."""
    lines = DIGESTS.read_text(encoding="utf-8").splitlines() if DIGESTS.is_file() else []
    return dict(line.split() for line in lines)


def stale() -> list[Exercise]:
    """Return the exercises whose mistakes were prepared from something else than what they are now."""
    then = digests()
    return [each for each in COURSE if then.get(each.name) != digest(each)]


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
    """Return a line for each known wrong answer that an edit makes right: its name, and the kinds of such edits.

    Kinds that are listed already stay: they make the same mistake right in an answer of another style.
    """
    path, lines = each.folder / REPAIRS, []
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    listed = dict(line.split(SEPARATOR) for line in text.splitlines())
    for answer in wrong_answers(each):
        found = verdict.judge_source(each, answer.source)
        # A deep search tries all edits, on a busy machine, too.
        faults = search(each, answer.source, found.readings, DEEP, known=True).faults
        kinds = [kind for fault in faults for edit in fault.repairs for kind in edit.kinds]
        before = listed[answer.name].split(", ") if answer.name in listed else []
        if kinds := [*dict.fromkeys([*before, *kinds])]:
            lines.append(f"{answer.name}{SEPARATOR}{', '.join(kinds)}\n")
    return "".join(lines)


def write(path: Path, text: str) -> None:
    """Write a text to a file; without a text, there is no file."""
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def main() -> None:
    trials.listen()
    for each in [exercise(name) for name in sys.argv[1:]] or stale():
        rows = [] if each.name in WITHOUT else prepared(each)
        write(each.folder / FILE, "".join(f"{row.line}\n" for row in rows))
        write(each.folder / REPAIRS, repaired(each))
        now = digests() | {each.name: digest(each)}
        write(DIGESTS, "".join(f"{one.name} {now[one.name]}\n" for one in COURSE if one.name in now))
        print(f"{each.name}: {len(rows)} prepared")


if __name__ == "__main__":
    main()
