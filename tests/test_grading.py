"""Grades: a class in one run, whatever is handed in; each format as its readers define it."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any
from unicodedata import combining, east_asian_width
from xml.etree import ElementTree

import pytest
from wording import mentions

from demos.exercises import formats, grading
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.known import wrong_answers
from demos.exercises.sandbox import readings
from demos.exercises.submissions import Submission, loose_files, submissions

ROOT = Path(__file__).parents[1]
ONE, TWO = (replace(exercise(name), seconds=2.0) for name in ("ex01", "ex04"))
LOOP = "while True: pass"

HOSTILE = {
    "syntax": ("def f(:", "Line 1 is not Python: invalid syntax"),
    "loop": (LOOP, "not end within 2 s ... line 1"),
    "exit": ("exit()", "Line 1 ends the program"),
    "flood": ("while True: print('x' * 10000)", "10 MB"),
    "memory": ("x = 'x' * 10**13", "Line 1 ... memory ... 1 GB"),
    "import": ("import os; os.fork()", "Line 1 imports os."),
    "write": ("open(__file__ + '/../../../x', 'w')", "Line 1 changes a file"),
    "forge": ("raise SystemExit('{\"readings\": []}')", "Line 1 ends the program"),
    "bytes": (b"\xff\xfe\x00", "ex04_local_derivatives.py is not saved as UTF-8"),
    "huge": (b"#" * 1_000_001, "ex04_local_derivatives.py is larger than 1 MB"),
    "folder": (None, "ex04_local_derivatives.py is not a file"),
}


def hand_in(folder: Path, asked: Exercise, text: str | bytes | None) -> None:
    """Put a file into a student's folder; None puts a folder in its place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / asked.file
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def graded(capsys: pytest.CaptureFixture[str], *arguments: str | Path, status: int = 0) -> str:
    """What `grade` prints."""
    capsys.readouterr()
    assert grading.run_grade([*map(str, arguments)]) == status
    told = capsys.readouterr()
    return told.err if status else told.out


def columns(text: str) -> int:
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A course of two exercises, and two seconds for each."""
    monkeypatch.setattr(grading, "COURSE", [ONE, TWO])


@pytest.mark.usefixtures("_short")
def test_a_class_of_a_hundred_is_one_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right, wrong, blank, missing and hostile files side by side: each gets what it is worth, none stops another."""
    wrong = wrong_answers(TWO)[0].source
    blank = {"blank": TWO.template, "blank CRLF": TWO.template.replace("\n", "\r\n")}
    files = {"right": TWO.solution, "wrong": wrong, **blank}
    expected = {}
    for number in range(100 - len(HOSTILE)):
        kind = [*files, "nothing"][number % 5]
        folder = tmp_path / f"{number:02} {kind} Ünïcödé 王"
        hand_in(folder, ONE, ONE.solution)
        if kind in files:
            hand_in(folder, TWO, files[kind])
        expected[folder.name] = {"right": "done", "wrong": "begun"}.get(kind, "not begun")
    for kind, (text, _) in HOSTILE.items():
        hand_in(tmp_path / kind, TWO, text)
        hand_in(tmp_path / kind, ONE, ONE.solution)
        expected[kind] = "error"
    runs = Counter[str]()

    def counted(asked: Exercise, *args: Any, **named: Any) -> Any:
        runs.update([asked.id])
        return readings(asked, *args, **named)

    monkeypatch.setattr(grading, "readings", counted)
    report = json.loads(graded(capsys, tmp_path, "--format", "json"))["submissions"]
    assert len(report) == 100
    assert {each["student"]: each["grades"][1]["state"] for each in report} == expected
    assert {each["grades"][0]["state"] for each in report} == {"done"}
    assert [each["points"] for each in report] == [1 + (expected[each["student"]] == "done") for each in report]
    sentences = {each["student"]: each["grades"][1]["sentence"] for each in report}
    assert not [kind for kind, (_, said) in HOSTILE.items() if not mentions(sentences[kind], said)]
    assert {each["grades"][1]["mistake"] for each in report} == {None, wrong_answers(TWO)[0].name}
    texts = [text for text, _ in HOSTILE.values() if isinstance(text, str)]
    assert runs == {"ex01": 1, "ex04": 2 + len(texts)}  # what many hand in is tried once


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five students whose names and errors are not meant for a terminal, a sheet or XML."""
    folder = tmp_path_factory.mktemp("students")
    strange = "raise ValueError('\\x1b[31m</failure>]]>&\\x00\\ud800')"
    for name, text in {
        "Ada Lovelace": TWO.solution,
        "=SUM(A1)": TWO.template,
        "王小明 with a name that is longer than the column": "x = 1\n  y = 2",
        "Emilie\u0301 <&> \x07": strange,
        "nobody": None,
    }.items():
        hand_in(folder / name, ONE, ONE.solution if text else "not: python:")
        hand_in(folder / name, TWO, text)
    return folder


@pytest.fixture(scope="module")
def graded_students(students: Path) -> list[Submission]:
    found = submissions([str(students)])
    grading.grade(found, [ONE, TWO], Event())
    return found


def test_the_table_fits_80_columns_and_tells_what_is_wrong(graded_students: list[Submission]) -> None:
    lines = formats.as_text(graded_students).splitlines()
    assert max(map(columns, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert lines[0].split() == ["01", "04", "of", "2"]
    assert len(set(map(columns, lines[1:6]))) == 1
    ends = [line.split()[-3:] for line in lines[1:6]]
    assert ends == [["+", ".", "1"], ["+", "+", "2"], ["+", "!", "1"], ["!", "!", "0"], ["+", "!", "1"]]
    assert lines[6].split() == ["right,", "mean", "4", "1", "1.0"]
    assert lines[8] == "+ right   ! an error   . not begun"
    assert "  ex04  Line 2 is not Python: unexpected indent" in lines
    whole = Submission("A name of any length, and of any more", Path(), [graded_students[0].grades[0]] * len(COURSE))
    table = formats.as_text([whole]).partition("\n+ ")[0].splitlines()
    assert max(map(columns, table)) <= 80
    assert sum(re.split(r" {2,}", line.strip()).count("+") for line in table) == len(COURSE)
    assert sum(line.endswith(f"  of {len(COURSE)}") for line in table) == 1


def test_csv_has_a_row_for_each_student_and_no_formula(graded_students: list[Submission]) -> None:
    rows = [*csv.reader(StringIO(formats.as_csv(graded_students)))]
    assert rows[0] == ["student", "ex01", "ex04", "points", "of"]
    assert [row[0] for row in rows[1:]][:2] == ["'=SUM(A1)", "Ada Lovelace"]
    assert [row[1:] for row in rows[1:]] == [
        ["1", "0", "1", "2"], ["1", "1", "2", "2"], ["1", "0", "1", "2"], ["0", "0", "0", "2"], ["1", "0", "1", "2"],
    ]  # fmt: skip


def test_json_has_the_fields_that_it_documents(graded_students: list[Submission]) -> None:
    documented = set(re.findall(r'"(\w+)"(?=[,:;\]}]|$)', formats.as_json.__doc__ or "")) - {"begun", "error", "done"}
    top = json.loads(formats.as_json(graded_students))
    first, ada, *_, ming = top["submissions"]
    assert {*top, *first, *first["grades"][0], *top["exercises"][0], *top["mistakes"][0]} == documented
    right = {"state": "done", "points": 1, "sentence": "right", "line": None, "mistake": None}
    assert ada["grades"][1] | {"seconds": 0} == {"exercise": "ex04", "title": TWO.title, "seconds": 0, **right}
    assert ming["grades"][1]["line"] == 2


# What Ant's schema asks of each element: its attributes, and what may be in it, in this order. (Jenkins' asks less.)
ELEMENTS = {
    "testsuites": ([], r"(testsuite )*"),
    "testsuite": (
        ["errors", "failures", "hostname", "id", "name", "package", "skipped", "tests", "time", "timestamp"],
        r"properties (testcase )*system-out system-err ",
    ),
    "testcase": (["classname", "name", "time"], r"((skipped|error|failure) )?"),
    "failure": (["message", "type"], ""),
    "error": (["message", "type"], ""),
    **dict.fromkeys(("properties", "skipped", "system-out", "system-err"), ([], "")),
}
PATTERNS = {
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    **dict.fromkeys(("time",), r"\d+\.\d{3}"),
    **dict.fromkeys(("errors", "failures", "skipped", "tests", "id"), r"\d+"),
    **dict.fromkeys(("name", "hostname", "package", "classname", "message", "type"), r".+"),
}


def test_junit_has_the_structure_of_its_schema(graded_students: list[Submission]) -> None:
    root = ElementTree.fromstring(formats.as_junit(graded_students))
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, inside = ELEMENTS[element.tag]
        assert sorted(element.attrib) == attributes
        assert re.fullmatch(inside, "".join(f"{child.tag} " for child in element)), element.tag
        assert all(re.fullmatch(PATTERNS[name], text) for name, text in element.items())
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases) == 2
        for name, kind in ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"):
            assert int(suite.get(name, "")) == len(suite.findall(f"testcase/{kind}"))
    assert [suite.get("id") for suite in root] == list("01234")
    assert "</failure>]]>&\\x00\\ud800" in "".join(root.itertext())


# The keys that Gradescope documents for results.json, and what a value may be.
SHOWN = {"visible", "hidden", "after_due_date", "after_published"}
FORMS = {"text", "html", "simple_format", "md", "ansi"}
COMMON = {"score": int, "output": str, "output_format": FORMS, "visibility": SHOWN}
TOP = {**COMMON, "execution_time": int, "tests": list}
TEST = {**COMMON, "max_score": int, "status": {"passed", "failed"}, "name": str, "number": str}


@pytest.mark.parametrize("place", range(5))
def test_gradescope_has_the_fields_that_it_documents(place: int, graded_students: list[Submission]) -> None:
    result = json.loads(formats.as_gradescope([graded_students[place]]))
    for found, documented in [(result, TOP), *((test, TEST) for test in result["tests"])]:
        assert found.keys() == documented.keys()
        for key, kind in documented.items():
            assert found[key] in kind if isinstance(kind, set) else type(found[key]) is kind
    assert result["score"] == sum(test["score"] for test in result["tests"]) == graded_students[place].points
    assert [test["status"] == "passed" for test in result["tests"]] == [
        test["score"] == 1 for test in result["tests"]
    ]
    assert [test["number"] for test in result["tests"]] == ["1", "4"]


def test_gradescope_takes_one_student(students: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mentions(graded(capsys, students, "--format", "gradescope", status=2), "one student ... 5")


def test_output_goes_to_a_file_in_utf_8(students: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path.parent / f"{tmp_path.name}.csv"
    assert graded(capsys, students, "--exercise", "1", "--format", "csv", "--output", file) == ""
    assert "王小明 with a name" in file.read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith("student,ex01,points,of\n")


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        (["ex04_local_derivatives.py"], ["course"]),
        (["b/ex04_local_derivatives.py", "A/ex01_nudge.py", "c/notes.txt"], ["A", "b", "c"]),
        (["a/exercises/ex01_nudge.py", "b/hand-in/exercises/ex01_nudge.py"], ["a", "b"]),
        (["a/ex01_nudge.py", "a/old/ex01_nudge.py"], ["a"]),
        (["a/one/ex01_nudge.py", "a/two/ex01_nudge.py"], ["a/one", "a/two"]),
        (["a/ex01_nudge.py", "__MACOSX/a/ex01_nudge.py", ".git/ex01_nudge.py", "b/.venv/ex01_nudge.py"], ["a", "b"]),
    ],
)
def test_students_are_found(layout: list[str], names: list[str], tmp_path: Path) -> None:
    for each in layout:
        file = tmp_path / "course" / each
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert [each.name for each in submissions([str(tmp_path / "course")])] == names


def test_students_of_one_name_keep_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "monday/ada", tmp_path / "friday/ada"]
    for folder in folders:
        hand_in(folder, ONE, "")
    found = submissions([*map(str, folders)])
    assert [each.name for each in found] == sorted(map(str, folders))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing"], "folder missing."),
        (["."], ". holds no exercises"),
        (["students", "--exercise", "99"], f"exercise 99: ... ex01 to {COURSE[-1].id}"),
        (["students", "--output", "no/such/file"], "folder no/such ... no/such/file"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if "students" in arguments:
        hand_in(tmp_path / "students/a", ONE, ONE.template)
    sentence = graded(capsys, *arguments, status=2)
    assert mentions(sentence, said)
    assert sentence.count("\n") == 1


def test_what_was_noted_as_done_counts_for_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The notes of the command line are a convenience; grades come from the files."""
    hand_in(tmp_path, ONE, ONE.template)
    notes = {"judged": {"ex01": ["done", ONE.template]}, "done": ["ex01"], "states": {"ex01": "done"}}
    (tmp_path / ".progress.json").write_text(json.dumps(notes))
    row = graded(capsys, tmp_path, "--exercise", "ex01", "--format", "csv").splitlines()[1]
    assert row == f"{tmp_path.name},0,0,1"


def test_what_no_one_foresaw_stops_no_one_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that fails in itself, and readings of a shape that no runner writes, are that student's errors alone."""
    strange: dict[str, Any] = {"no process": OSError("no more processes"), "no list": [7] * 6, "too few": []}
    for name in strange:
        hand_in(tmp_path / name, TWO, f"# {name}")
    hand_in(tmp_path / "right", TWO, TWO.solution)

    def failing_readings(asked: Exercise, source: str, *args: Any, **named: Any) -> Any:
        found = strange.get(source[2:])
        if isinstance(found, OSError):
            raise found
        return readings(asked, source, *args, **named) if found is None else found

    monkeypatch.setattr(grading, "readings", failing_readings)
    found = submissions([str(tmp_path)])
    grading.grade(found, [TWO], Event())
    assert [each.grades[0].verdict.state for each in found] == ["error", "error", "done", "error"]
    assert [each.name for each in found] == ["no list", "no process", "right", "too few"]
    assert "no more processes" in formats.as_text(found)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not: python: a secret")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ONE.file).symlink_to(secret)
    found = submissions([str(tmp_path / "a")])
    grading.grade(found, [ONE], Event())
    assert "ex01_nudge.py is not a file" in formats.as_text(found)
    assert "secret" not in formats.as_gradescope(found)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C in other ways")
def test_ctrl_c_reports_what_is_done_so_far(tmp_path: Path) -> None:
    hand_in(tmp_path / "a", ONE, ONE.solution)
    hand_in(tmp_path / "b", ONE, LOOP)
    for number in range(300):
        hand_in(tmp_path / f"c{number}", ONE, f"{LOOP} # {number}")
    command = [sys.executable, "-m", "demos.exercises", "grade", str(tmp_path), "--format", "json", "--exercise", "1"]
    temporary, seen = tmp_path.parent / f"{tmp_path.name}-runs", set[Path]()
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        since = time.monotonic()
        while len(seen) <= (os.cpu_count() or 1) and time.monotonic() < since + 30:  # until the first has made room
            seen.update(temporary.glob("exercise-*"))
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=5)
    assert err.splitlines()[-1].startswith("Stopped")
    assert process.returncode == 130
    assert not [*temporary.iterdir()]
    states = {each["student"]: each["grades"][0]["state"] for each in json.loads(out)["submissions"]}
    assert states["a"] == "done"
    assert states["c299"] == "not judged"


def test_nbgrader_counts_the_points(tmp_path: Path) -> None:
    """A real assignment, made, handed in and graded by nbgrader: a right, a half right and a blank notebook."""
    pytest.importorskip("nbgrader", reason="nbgrader is heavy; where it is installed, this tries it")
    import nbformat

    def cell(name: str, source: str, **rest: Any) -> Any:
        marks = {
            "schema_version": 3,
            "grade_id": name,
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
        }
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": marks | rest})

    def notebook(*answers: str) -> Any:
        cells = []
        for asked, answer in zip((ONE, TWO), answers):
            test = f"from demos.exercises import check\ncheck({asked.id!r}, {', '.join(asked.asks)})"
            cells += [cell(f"{asked.id}-answer", answer, solution=True)]
            cells += [cell(f"{asked.id}-check", test, grade=True, locked=True, points=1)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})

    def answer(source: str) -> str:
        return source.partition("if __name__")[0]

    last = [answer(asked.right[-1].read_text(encoding="utf-8")) for asked in (ONE, TWO)]
    right = [f"### BEGIN SOLUTION\n{each}\n### END SOLUTION" for each in last]
    handed_in = {
        "source": right,
        "submitted/right": [answer(asked.solution) for asked in (ONE, TWO)],
        "submitted/half": [answer(ONE.solution), answer(wrong_answers(TWO)[0].source)],
        "submitted/blank": ["# YOUR CODE HERE\nraise NotImplementedError()"] * 2,
    }
    for folder, answers in handed_in.items():
        (tmp_path / folder / "week1").mkdir(parents=True)
        nbformat.write(notebook(*answers), tmp_path / folder / "week1" / "exercises.ipynb")
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # it calls alembic
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": programs}
    for command in ("generate_assignment week1 --create", "autograde week1", "export --to grades.csv"):
        words = [sys.executable, "-m", "nbgrader", *command.split()]
        subprocess.run(words, cwd=tmp_path, env=environment, check=True, capture_output=True)
    rows = csv.DictReader(StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8")))
    assert {row["student_id"]: row["raw_score"] for row in rows} == {"blank": "0.0", "half": "1.0", "right": "2.0"}


def test_a_file_beside_the_folders_of_a_class_makes_it_no_students_folder(tmp_path: Path) -> None:
    for place in ("ada/ex01_nudge.py", "bob/ex01_nudge.py", "cem/work/ex02_by_hand.py", "ex05_reuse.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x = 1\n", encoding="utf-8")
    found = submissions([str(tmp_path)])
    assert [each.name for each in found] == ["ada", "bob", "cem"]
    assert [file.name for file in loose_files([str(tmp_path)], found)] == ["ex05_reuse.py"]
    for each in COURSE:  # a student's own folder, with older files in folders of it
        (tmp_path / "dan" / "old").mkdir(parents=True, exist_ok=True)
        for place in ("dan", "dan/old"):
            (tmp_path / place / each.file).write_text("x = 1\n", encoding="utf-8")
    assert [each.name for each in submissions([str(tmp_path / "dan")])] == ["dan"]


def test_no_file_that_may_be_an_answer_counts_as_nothing_without_a_word(tmp_path: Path) -> None:
    for place in (
        "ada/ex01_nudge.py",
        "bob/solution.py",
        "cem/sub/solution.py",
        "dan/a/b/answers.zip",
        "eva/photo.png",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x = 1\n", encoding="utf-8")
    notes = {each.name: each.notes for each in submissions([str(tmp_path)])}
    for name, file in (("bob", "solution.py"), ("cem", "sub/solution.py"), ("dan", "a/b/answers.zip")):
        assert [note for note in notes[name] if note.startswith(f"{file} was not graded")], name
    assert notes["ada"] == notes["eva"] == []
