"""What a teacher reads of a class: renamed files, totals, mistakes with names, and the page of grades."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from threading import Event

import pytest
from browser import Window, chromium, violations, window
from wording import mentions

from demos.exercises import class_summary, formats, grading
from demos.exercises.course import COURSE, exercise
from demos.exercises.file_names import meant
from demos.exercises.judge import Failure, misconception
from demos.exercises.known import wrong_answers
from demos.exercises.notebook_files import notebook_text, otter_test
from demos.exercises.probe import Probe
from demos.exercises.sandbox import Trouble
from demos.exercises.submissions import Grade, Submission, loose_files, submissions
from demos.exercises.verdict import Verdict

__all__ = ["chromium", "window"]

ADD, REUSE = exercise("local_derivatives"), exercise("reuse")

# A name, and the number of the exercise that it answers; 0 for a name that does not say.
NAMES = {
    2: """ex02_by_hand.py|ex02 (1).py|Ex2.py|ex02_by_hand - Copy.py|ex02_by_hand(2).py|EX02_BY_HAND.PY|exercise 2.py
        by_hand.py|ex2_byhand.py|02_by_hand.py|ex02_by_hand.py.txt|ex02.py.py|Kopie von ex02_by_hand.py|2.py|ex.02.py
        ex02_final_v2.py|ada_ex02.py|1_ex02.py|20241103_ex02_by_hand.py|ex02b.py|ex02-1.py|by-hand (3).ipynb""",
    7: "Aufgabe 7.py|U\u0308bung_07.py|relu.py|ex7 relu copy.py",
    5: "ex05.py|reuse.py|ex_05_reuse.ipynb|ex09_reuse.py|ex09_reuse (1).py|ex99_reuse - Copy.py",
    0: """homework.py|ex02 and reuse.py|ex1-{0}.py|ex{1}.py|ex0.py|ex02.docx|ex05_reuse.backup-1.py|exercises.py
        ex0210.py|order.txt|neuron_network.py|2024-11-03 homework.py|main.py|ex100.py""",
}


def test_names_say_which_exercise_is_meant() -> None:
    for number, names in NAMES.items():
        for name in re.split(r"\||\n\s*", names):
            found = meant(name.format(len(COURSE), len(COURSE) + 1))
            assert (found and found.number) == (number or None), name
    assert [meant(each.file) for each in COURSE] == COURSE


def write(folder: Path, **files: str) -> None:
    """Write files: their names without the underscore between words, as keyword arguments cannot have."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_no_file_is_a_silent_zero(tmp_path: Path) -> None:
    """Each layout: the files of a student, the points, and words of each note, in any order."""
    right, wrong, blank = ADD.solution, wrong_answers(ADD)[0].source, ADD.template
    notebook = json.loads(notebook_text(ADD))
    notebook["cells"][1]["source"] = ["%matplotlib inline\n", right.partition("if __name__")[0]]
    layouts = {
        "own name": ({ADD.file: right}, 1, []),
        "renamed": ({"ex04 (1).py": right}, 1, ["ex04 (1).py ... as ex04"]),
        "short": ({"Ex4.py": right}, 1, ["Ex4.py ... as ex04"]),
        "copy": ({f"{ADD.file[:-3]} - Copy.py": right}, 1, ["Copy.py ... as ex04"]),
        "beside its own": (
            {ADD.file: wrong, "ex04 (1).py": right},
            0,
            [f"ex04 (1).py ... not graded ... {ADD.file}"],
        ),
        "own name untouched": ({ADD.file: blank, "ex04 (1).py": right}, 1, ["ex04 (1).py ... as ex04"]),
        "both kinds": ({ADD.file: right, "ex04_local_derivatives.ipynb": notebook_text(ADD)}, 1, []),
        "tests of Otter": ({ADD.file: right, "tests/ex04.py": otter_test(ADD)}, 1, []),
        "untouched notebook": ({"ex04_local_derivatives.ipynb": notebook_text(ADD)}, 0, []),
        "unknown": ({"homework.py": right}, 0, ["homework.py ... not graded ... which"]),
        "archive": ({ADD.file: right, "all.zip": ""}, 1, ["all.zip ... not graded"]),
        "text": ({f"{ADD.file}.txt": right}, 1, [".txt ... as ex04"]),
        "notebook": ({"ex04_local_derivatives.ipynb": json.dumps(notebook)}, 1, []),
        "renamed notebook": ({"4.ipynb": json.dumps(notebook)}, 1, ["4.ipynb ... as ex04"]),
        "damaged notebook": ({"ex04.ipynb": '{"cells": 7}'}, 0, ["ex04.ipynb ... as ex04"]),
        "kept by reset": ({ADD.file: right, "ex04_local_derivatives.backup-1.py": wrong}, 1, []),
        "deeper": ({"hand-in/ex4.py": right}, 1, ["ex4.py ... as ex04"]),
        "two folders": ({ADD.file: blank, "old/Ex4.py": right}, 0, ["old/Ex4.py ... not graded ... folder"]),
        "root and deeper": ({"deep/" + ADD.file: right, "Ex5.py": ""}, 1, ["Ex5.py ... not graded ... folder"]),
    }
    for name, (files, _, _) in layouts.items():
        for file, text in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    students = submissions([str(tmp_path)])
    assert {each.name for each in students} == {*layouts}
    grading.grade(students, [ADD], Event())
    for each in students:
        _, points, notes = layouts[each.name]
        assert each.points == points, each.name
        assert len(each.notes) == len(notes), each.notes
        assert all(any(mentions(told, note) for told in each.notes) for note in notes), each.notes
    printed = formats.as_text(students)
    assert all(re.sub(r"\s+", " ", note) in re.sub(r"\s+", " ", printed) for each in students for note in each.notes)


def test_of_two_renamed_files_the_latest_is_graded(tmp_path: Path) -> None:
    write(tmp_path / "ada", **{"Ex4.py": ADD.solution, "ex04 (1).py": "x = 1"})
    os.utime(tmp_path / "ada" / "Ex4.py", (2e9, 2e9))
    (ada,) = submissions([str(tmp_path)])
    assert ada.file(ADD).name == "Ex4.py"
    assert len(ada.notes) == 2


def test_loose_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A class's folder with a file beside the students' folders, and a student's folder of renamed files."""
    write(tmp_path / "class" / "ada", **{ADD.file: ADD.template})
    write(tmp_path / "class", **{"bob_answers.py": ADD.solution, "list.csv": ""})
    students = submissions([str(tmp_path / "class")])
    assert [file.name for file in loose_files([str(tmp_path / "class")], students)] == ["bob_answers.py"]
    assert grading.run_grade([str(tmp_path / "class"), "--exercise", "4"]) == 0
    assert mentions(capsys.readouterr().err.replace("\n", ""), "Not graded ... bob_answers.py")
    write(tmp_path / "cy", **{"Ex4.py": ADD.solution})
    (cy,) = submissions([str(tmp_path / "cy")])
    assert (cy.name, cy.file(ADD).name) == ("cy", "Ex4.py")


def failing(name: str, number: int = 0, sure: bool = True, **rest: object) -> Grade:
    """The grade of an answer to ex05 that is wrong: by a known mistake of a number, or by none, at `name`."""
    probe = Probe(input="a = 1", observe=partial(dict), expect=lambda: {name: 1.0}, origin="by hand")
    known = misconception(wrong_answers(REUSE)[number - 1], sure) if number else None
    parts: dict[str, object] = {"got": 2.0, "expected": 1.0, "misconception": known} | rest
    return Grade(Verdict(REUSE, "begun", Failure(probe, name, **parts)))  # type: ignore[arg-type]


def class_of(**grades: Grade) -> list[Submission]:
    return [Submission(name, Path(name), [grade]) for name, grade in grades.items()]


def test_mistakes_are_counted_with_names() -> None:
    """Known, perhaps, unnamed, errors and troubles: those of one type are the same, whatever their text is."""
    troubled = [
        Grade(Verdict(REUSE, "error", trouble=Trouble(f"Line {line} is not Python: why", line, "SyntaxError")))
        for line in (3, 17)
    ]
    raised = [{"type": "ValueError", "message": text} for text in ("bad", "worse")]
    students = class_of(
        a=failing("a.grad", 1), b=failing("c.grad", 1), c=failing("a.grad", 1, sure=False), d=failing("a.grad", 2),
        e=troubled[0], f=troubled[1], g=failing("x", error=raised[0]), h=failing("y", error=raised[1]),
        i=failing("a.grad"), j=failing("a.grad"), k=failing("b.grad"), l=failing("a.grad", got=None),
        m=Grade(Verdict(REUSE, "done")), n=Grade(Verdict(REUSE, "not begun")), o=Grade(Verdict(REUSE, "not judged")),
    )  # fmt: skip
    found = class_summary.mistakes(students)
    counts = [each.count for each in found]
    assert counts == sorted(counts, reverse=True)
    assert (found[0].names, found[0].kind.known) == ("a, b; perhaps c", True)
    assert {each.names for each in found[1:4]} == {"e, f", "g, h", "i, j"}
    assert (found[4].names, found[4].kind.known) == ("d", True)  # of those that are as common, the named one first
    assert {each.names for each in found[5:]} == {"k", "l"}
    assert found[0].kind.advice
    assert mentions(next(each for each in found if each.names == "e, f").kind.sentence, "A line is not Python")
    (total,) = class_summary.totals(students)
    assert total.states == {"begun": 10, "error": 2, "done": 1, "not begun": 1, "not judged": 1}
    assert total.right == 1
    text = formats.as_text(students)
    assert mentions(text, "right, mean ... commonest mistakes ... 3 students: ... a, b; perhaps c")
    top = json.loads(formats.as_json(students))
    assert sum(len(each["students"]) + len(each["perhaps"]) for each in top["mistakes"]) == 12


def test_one_student_has_no_totals() -> None:
    text = formats.as_text(class_of(ada=failing("a.grad", 1)))
    assert "mean" not in text
    assert "commonest" not in text


class Outline(HTMLParser):
    """The links, ids and text of a page, and the tags that are open at its end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.links += filter(None, [named.get("href")])
        self.ids += filter(None, [named.get("id")])
        if tag not in ("meta", "link", "input", "rect", "path", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "path"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


STRANGE = "<b>&\"' \x07 \u738b"


def strange_class() -> list[Submission]:
    students = class_of(
        ada=failing("a.grad", 1),
        ben=failing("a.grad", 1),
        done=Grade(Verdict(REUSE, "done")),
        **{STRANGE: failing("a.grad", error={"type": "ValueError", "message": "</pre><script>alert(1)</script>"})},
    )
    students[2].notes = ["<i>.py was graded as ex05."]
    return students


def test_the_page_of_grades_is_whole_and_safe() -> None:
    """One file: each link leads to a place in it, no name and no message is markup, and the numbers are there."""
    page = formats.as_html(strange_class())
    outline = Outline(page)
    assert not outline.open
    assert len(outline.ids) == len(set(outline.ids))
    inner = [link for link in outline.links if link.startswith("#")]
    assert {link[1:] for link in inner} <= {*outline.ids}
    assert len(inner) == 3 + 4  # three wrong answers, and four students with a section
    assert not [link for link in outline.links if not link.startswith(("#", "data:"))]
    assert "alert(1)" not in page.replace("&lt;script&gt;alert(1)&lt;/script&gt;", "")
    words = " ".join(" ".join(outline.words).split())
    assert mentions(words, "4 students, 1 exercises ... 0.2 ... ex05 , 2 of 4 ... ada, ben ... <i>.py was graded")


@pytest.mark.slow
def test_the_page_of_grades_in_a_browser(window: Window, tmp_path: Path) -> None:
    """Nothing runs over the window; a link opens its report; axe finds nothing."""
    students = strange_class()
    for each in students:
        each.grades = [
            Grade(replace(each.grades[0].verdict, exercise=asked)) if asked != REUSE else each.grades[0]
            for asked in COURSE
        ]
    path = tmp_path / "grades.html"
    path.write_text(formats.as_html(students), encoding="utf-8")
    for width, scheme in (400, "light"), (400, "dark"), (1366, "light"):
        page = window.open(path, "#student-1-ex05", width=width, height=768, color_scheme=scheme, bypass_csp=True)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate("document.querySelectorAll('details[open]').length") == 1
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == []
