"""Grades, written for their readers: a table for people, CSV, JSON, JUnit's XML, Gradescope's results.json.

Each format is a function of the submissions, all of which have been graded in the same exercises.
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

from .layout import Layout, clean
from .report import line, report
from .submissions import Grade, Submission

MARKS = {"done": "+", "begun": "-", "error": "!", "not begun": ".", "not judged": "?"}
MEANT = {"done": "right", "begun": "wrong", "error": "an error", "not begun": "not begun", "not judged": "not judged"}
NAME = 19  # columns
PLAIN = Layout(80, color=False)


def text(found: Sequence[Submission]) -> str:
    """A table of at most 80 columns, and under it a sentence for each answer that is not right."""
    of = len(found[0].grades)
    lines = [
        f"{'':{NAME}}" + "".join(f" {grade.verdict.exercise.id[2:]}" for grade in found[0].grades) + f"  of {of:>2}"
    ]
    for each in found:
        marks = "".join(f"  {MARKS[grade.verdict.state]}" for grade in each.grades)
        lines.append(f"{_fitted(each.name)}{marks}  {each.points:>5}")
    states = {grade.verdict.state for each in found for grade in each.grades}
    lines += ["", "   ".join(f"{MARKS[state]} {meant}" for state, meant in MEANT.items() if state in states)]
    for each in found:
        wrong = [grade for grade in each.grades if grade.verdict.state in ("begun", "error")]
        lines += ["", PLAIN.paragraph(each.name)] if wrong else []
        lines += [PLAIN.row(f"  {grade.verdict.exercise.id}", _sentence(grade), 8) for grade in wrong]
    return "\n".join(lines) + "\n"


def table(found: Sequence[Submission]) -> str:
    """CSV: a row for each student, with the name, the points for each exercise, their sum, and the most there are."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    grades = found[0].grades
    writer.writerow(["student", *(grade.verdict.exercise.id for grade in grades), "points", "of"])
    for each in found:
        name = clean(each.name)
        name = f"'{name}" if name.startswith(("=", "+", "-", "@")) else name  # a spreadsheet would compute it
        writer.writerow([name, *(grade.points for grade in each.grades), each.points, len(grades)])
    return file.getvalue()


def tree(found: Sequence[Submission]) -> str:
    """JSON: {"submissions": [{"student", "folder", "points", "of", "grades": [...]}]}. A grade has these fields:

    "exercise", "title"; "state": "done", "begun", "error", "not begun" or "not judged"; "points": 1 if done, else 0;
    "sentence": what is wrong, in a line; "line": the student's line that it is about, or null; "mistake": the name of
    the known mistake that it looks like, or null; "seconds": how long the run took.
    """
    submissions = [
        {
            "student": clean(each.name),
            "folder": clean(str(each.folder)),
            "points": each.points,
            "of": len(each.grades),
            "grades": [_fields(grade) for grade in each.grades],
        }
        for each in found
    ]
    return json.dumps({"submissions": submissions}, indent=2, ensure_ascii=False) + "\n"


def junit(found: Sequence[Submission]) -> str:
    """JUnit's XML, valid by Ant's and by Jenkins' schema: a suite for each student, a case for each exercise."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    kinds = {"begun": "failure", "error": "error", "not begun": "skipped", "not judged": "skipped"}
    root = ElementTree.Element("testsuites")
    for place, each in enumerate(found):
        told = [kinds.get(grade.verdict.state, "") for grade in each.grades]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            {"id": str(place), "package": "exercises", "name": clean(each.name), "timestamp": now}
            | {"hostname": "localhost", "time": f"{sum(grade.seconds for grade in each.grades):.3f}"}
            | {"tests": str(len(told)), "failures": str(told.count("failure"))}
            | {"errors": str(told.count("error")), "skipped": str(told.count("skipped"))},
        )
        ElementTree.SubElement(suite, "properties")
        for grade, kind in zip(each.grades, told):
            asked = grade.verdict.exercise
            names = {"classname": asked.id, "name": asked.title, "time": f"{grade.seconds:.3f}"}
            case = ElementTree.SubElement(suite, "testcase", names)
            if kind == "skipped":
                ElementTree.SubElement(case, kind)
            elif kind:
                said = {"type": grade.verdict.state, "message": _sentence(grade)}
                ElementTree.SubElement(case, kind, said).text = report(grade.verdict, PLAIN)
        for name in "system-out", "system-err":
            ElementTree.SubElement(suite, name)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def gradescope(found: Sequence[Submission]) -> str:
    """Gradescope's results.json, for one student: a test for each exercise, with what a check says as its output."""
    (one,) = found
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
    "text": text,
    "csv": table,
    "json": tree,
    "junit": junit,
    "gradescope": gradescope,
}


def _fields(grade: Grade) -> dict[str, Any]:
    """A grade as JSON has it."""
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
    return clean(line(grade.verdict).partition("\n")[0])


def _fitted(name: str) -> str:
    """A name in just so many columns, of which a letter may take two, or none.

    >>> _fitted("Ada Lovelace"), _fitted("A very long name that ends somewhere")
    ('Ada Lovelace       ', 'A very long nam... ')
    """
    letters, dots = [*clean(name)], ""
    while sum(map(_columns, letters)) + len(dots) >= NAME:
        letters.pop()
        dots = "..."
    shown = "".join(letters) + dots
    return shown + " " * (NAME - sum(map(_columns, shown)))


def _columns(letter: str) -> int:
    return 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1
