"""Write grades in a format: a table of text, CSV, JSON, JUnit's XML, Gradescope's results.json.

Each format is a function of the submissions, which are all graded in the same exercises.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from io import StringIO
from typing import Any
from unicodedata import combining, east_asian_width
from xml.etree import ElementTree

from engine.terminal import TextStyle

from .report import one_line, report
from .submissions import Grade, Submission

STATE_SIGNS = {"done": "+", "begun": "-", "error": "!", "not begun": ".", "not judged": "?"}
STATE_MEANINGS = {
    "done": "right",
    "begun": "wrong",
    "error": "an error",
    "not begun": "not begun",
    "not judged": "not judged",
}
NAME_COLUMNS = 19  # the width of a name
PLAIN = TextStyle()


def as_text(submissions: Sequence[Submission]) -> str:
    """Return a table of at most 80 columns, and under it a sentence for each answer that is not right."""
    of = len(submissions[0].grades)
    lines = [
        f"{'':{NAME_COLUMNS}}"
        + "".join(f" {grade.verdict.exercise.id[2:]}" for grade in submissions[0].grades)
        + f"  of {of:>2}"
    ]
    for each in submissions:
        marks = "".join(f"  {STATE_SIGNS[grade.verdict.state]}" for grade in each.grades)
        lines.append(f"{_fitted(each.name)}{marks}  {each.points:>5}")
    states = {grade.verdict.state for each in submissions for grade in each.grades}
    lines += [
        "",
        "   ".join(f"{STATE_SIGNS[state]} {meant}" for state, meant in STATE_MEANINGS.items() if state in states),
    ]
    for each in submissions:
        wrong = [grade for grade in each.grades if grade.verdict.state in ("begun", "error")]
        lines += ["", PLAIN.paragraph(each.name)] if wrong else []
        lines += [PLAIN.row(f"  {grade.verdict.exercise.id}", _sentence(grade), 8) for grade in wrong]
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
    """Return JSON: {"submissions": [{"student", "folder", "points", "of", "grades": [...]}]}, with for each grade

    "exercise", "title"; "state": "done", "begun", "error", "not begun" or "not judged"; "points": 1 if done, else 0;
    "sentence": what is wrong, in a line; "line": the student's line that it is about, or null; "mistake": the name of
    the known mistake that it looks like, or null; "seconds": how long the run took.
    """
    students = [
        {
            "student": PLAIN.fit(each.name),
            "folder": PLAIN.fit(str(each.folder)),
            "points": each.points,
            "of": len(each.grades),
            "grades": [_fields(grade) for grade in each.grades],
        }
        for each in submissions
    ]
    return json.dumps({"submissions": students}, indent=2, ensure_ascii=False) + "\n"


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
        for name in "system-out", "system-err":
            ElementTree.SubElement(suite, name)
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
            "number": str(int(grade.verdict.exercise.id[2:])),
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
        "output": f"{one.points} of {len(tests)} exercises are right.",
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Submission]], str]] = {
    "text": as_text,
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
