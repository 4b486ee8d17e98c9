"""Write grades in a format: a table of text, one HTML page, CSV, JSON, JUnit's XML, Gradescope's results.json.

Each format is a function of the submissions, which are all graded in the same exercises.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from io import StringIO
from itertools import pairwise
from typing import Any
from unicodedata import combining, east_asian_width
from xml.etree import ElementTree

from engine.terminal import TextStyle

from .class_summary import mistakes, totals
from .grade_page import as_html
from .report import one_line, report
from .states import STATE_MEANINGS, STATE_SIGNS
from .submissions import Grade, Submission

MOST_ACROSS = 18  # exercises beside each other in 80 columns
NAME_COLUMNS = 19  # the width of a name
MOST_MISTAKES = 10  # of a class, in the table of text
PLAIN = TextStyle()


def _table(submissions: Sequence[Submission]) -> list[str]:
    """Return the lines of a row for each student, and for several of them a row of totals."""
    count, lines = len(submissions[0].grades), list[str]()
    right = totals(submissions) if len(submissions) > 1 else []
    mean = sum(each.points for each in submissions) / len(submissions)
    parts = -(-count // MOST_ACROSS)
    ends = [count * part // parts for part in range(parts + 1)]
    for start, end in pairwise(ends):
        last = end == count
        numbers = "".join(f" {grade.verdict.exercise.number:02}" for grade in submissions[0].grades[start:end])
        lines += [""] * (start > 0)
        lines.append(f"{'':{NAME_COLUMNS}}{numbers}" + f"  of {count:>2}" * last)
        for each in submissions:
            marks = "".join(f"  {STATE_SIGNS[grade.verdict.state]}" for grade in each.grades[start:end])
            lines.append(f"{_fitted(each.name)}{marks}" + f"  {each.points:>5}" * last)
        if right:
            totals_text = "".join(f"{total.right:>3}" for total in right[start:end])
            lines.append(f"{_fitted('right, mean' if last else 'right')}{totals_text}" + f"  {mean:>5.1f}" * last)
    return lines


def as_text(submissions: Sequence[Submission]) -> str:
    """Return a table of at most 80 columns, and under it a sentence for each answer that is not right.

    More exercises than fit side by side make several parts, one under the other, the last of them with the points.
    For several students, the table has a row with how many are right in each exercise, and the mistakes that two or
    more made follow it, the commonest first. A file that was renamed, or not graded, has a sentence below.
    """
    lines = _table(submissions)
    states = {grade.verdict.state for each in submissions for grade in each.grades}
    lines += [
        "",
        "   ".join(f"{STATE_SIGNS[state]} {meant}" for state, meant in STATE_MEANINGS.items() if state in states),
    ]
    shared = [each for each in mistakes(submissions) if each.count > 1]
    if shared:
        lines += ["", "The commonest mistakes" if len(shared) > 1 else "A mistake that several made"]
    for one in shared[:MOST_MISTAKES]:
        lines.append(PLAIN.row(f"  {one.exercise.id}", f"{one.count} students: {one.kind.sentence}", 8))
        lines.append(PLAIN.row("", PLAIN.fit(one.names), 8))
    if len(shared) > MOST_MISTAKES:
        more = f"and {len(shared) - MOST_MISTAKES} more that two or more students made: --format html has them all"
        lines.append(PLAIN.row("", more, 8))
    for each in submissions:
        wrong = [grade for grade in each.grades if grade.verdict.state in ("begun", "error")]
        lines += ["", PLAIN.paragraph(each.name)] if wrong or each.notes else []
        lines += [PLAIN.row(f"  {grade.verdict.exercise.id}", _sentence(grade), 8) for grade in wrong]
        lines += [PLAIN.row("  file", PLAIN.fit(note), 8) for note in each.notes]
    return "\n".join(lines) + "\n"


def as_csv(submissions: Sequence[Submission]) -> str:
    """Return CSV: a row for each student: the name, the points for each exercise, their sum, and the possible sum."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    grades = submissions[0].grades
    writer.writerow(["student", *(grade.verdict.exercise.id for grade in grades), "points", "of"])
    for each in submissions:
        name = PLAIN.fit(each.name)
        name = (
            f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
        )  # otherwise a spreadsheet reads it as a formula
        writer.writerow([name, *(grade.points for grade in each.grades), each.points, len(grades)])
    return file.getvalue()


def as_json(submissions: Sequence[Submission]) -> str:
    """Return JSON: {"submissions": [...], "exercises": [...], "mistakes": [...]}.

    A submission has "student", "folder", "points", "of"; "files": a sentence about each file that was renamed or not
    graded; and "grades", with for each grade

    "exercise", "title"; "state": "done", "begun", "error", "not begun" or "not judged"; "points": 1 if done, else 0;
    "sentence": what is wrong, in a line; "line": the student's line that it is about, or null; "mistake": the name of
    the known mistake that it looks like, or null; "seconds": how long the run took.

    An exercise has "exercise", "title", and "states": how many students have each state. A mistake has "exercise",
    "sentence", "advice", "known": whether it has a name, "students", who made it, and "perhaps", whose answer
    only looks like it; the commonest come first.
    """
    students = [
        {
            "student": PLAIN.fit(each.name),
            "folder": PLAIN.fit(str(each.folder)),
            "points": each.points,
            "of": len(each.grades),
            "files": [*map(PLAIN.fit, each.notes)],
            "grades": [_fields(grade) for grade in each.grades],
        }
        for each in submissions
    ]
    exercises = [
        {"exercise": total.exercise.id, "title": total.exercise.title, "states": total.states}
        for total in totals(submissions)
    ]
    shared = [
        {
            "exercise": each.exercise.id,
            "sentence": PLAIN.fit(each.kind.sentence),
            "advice": each.kind.advice,
            "known": each.kind.known,
            "students": [*map(PLAIN.fit, each.students)],
            "perhaps": [*map(PLAIN.fit, each.perhaps)],
        }
        for each in mistakes(submissions)
    ]
    whole = {"submissions": students, "exercises": exercises, "mistakes": shared}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def as_junit(submissions: Sequence[Submission]) -> str:
    """Return JUnit's XML, valid by Ant's and Jenkins' schemas: a suite for each student, a case for each exercise."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    kind_of_state = {"begun": "failure", "error": "error", "not begun": "skipped", "not judged": "skipped"}
    root = ElementTree.Element("testsuites")
    for number, each in enumerate(submissions):
        kinds = [kind_of_state.get(grade.verdict.state, "") for grade in each.grades]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            {"id": str(number), "package": "exercises", "name": PLAIN.fit(each.name), "timestamp": now}
            | {"hostname": "localhost", "time": f"{sum(grade.seconds for grade in each.grades):.3f}"}
            | {"tests": str(len(kinds)), "failures": str(kinds.count("failure"))}
            | {"errors": str(kinds.count("error")), "skipped": str(kinds.count("skipped"))},
        )
        ElementTree.SubElement(suite, "properties")
        for grade, kind in zip(each.grades, kinds):
            exercise = grade.verdict.exercise
            names = {"classname": exercise.id, "name": exercise.title, "time": f"{grade.seconds:.3f}"}
            case = ElementTree.SubElement(suite, "testcase", names)
            if kind == "skipped":
                ElementTree.SubElement(case, kind)
            elif kind:
                attributes = {"type": grade.verdict.state, "message": _sentence(grade)}
                ElementTree.SubElement(case, kind, attributes).text = report(grade.verdict, PLAIN)
        ElementTree.SubElement(suite, "system-out").text = "\n".join(map(PLAIN.fit, each.notes))
        ElementTree.SubElement(suite, "system-err")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def as_gradescope(submissions: Sequence[Submission]) -> str:
    """Return Gradescope's results.json for one student: a test for each exercise, with its report as its output."""
    (one,) = submissions
    tests = [
        {
            "score": grade.points,
            "max_score": 1,
            "status": "passed" if grade.verdict.done else "failed",
            "number": str(grade.verdict.exercise.number),
            "name": grade.verdict.exercise.title,
            "output": report(grade.verdict, PLAIN),
            "output_format": "text",
            "visibility": "visible",
        }
        for grade in one.grades
    ]
    result = {
        "score": one.points,
        "execution_time": round(sum(grade.seconds for grade in one.grades)),
        "output": "\n".join([f"{one.points} of {len(tests)} exercises are right.", *map(PLAIN.fit, one.notes)]),
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Submission]], str]] = {
    "text": as_text,
    "html": as_html,
    "csv": as_csv,
    "json": as_json,
    "junit": as_junit,
    "gradescope": as_gradescope,
}


def _fields(grade: Grade) -> dict[str, Any]:
    """Return a grade as the fields that JSON has."""
    verdict = grade.verdict
    known = verdict.failure and verdict.failure.misconception
    raised = (verdict.failure and verdict.failure.error) or {}
    return {
        "exercise": verdict.exercise.id,
        "title": verdict.exercise.title,
        "state": verdict.state,
        "points": grade.points,
        "sentence": _sentence(grade),
        "line": verdict.trouble.line if verdict.trouble else raised.get("line"),
        "mistake": known.name if known else None,
        "seconds": round(grade.seconds, 3),
    }


def _sentence(grade: Grade) -> str:
    return PLAIN.fit(one_line(grade.verdict).partition("\n")[0])


def _fitted(name: str) -> str:
    """Return a name in NAME_COLUMNS columns. A letter takes one column, two (Chinese), or none (an accent).

    >>> _fitted("Ada Lovelace"), _fitted("A very long name that ends somewhere")
    ('Ada Lovelace       ', 'A very long nam... ')
    """
    letters, dots = [*PLAIN.fit(name)], ""
    while sum(map(_columns, letters)) + len(dots) >= NAME_COLUMNS:
        letters.pop()
        dots = "..."
    fitted = "".join(letters) + dots
    return fitted + " " * (NAME_COLUMNS - sum(map(_columns, fitted)))


def _columns(letter: str) -> int:
    return 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1
