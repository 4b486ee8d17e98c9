"""The table in demos/README.md: the ideas of a first course, each with calls that show it and with demos that exist.

A call is typed as a teacher types it, in a fresh Python: what its lines print and the pictures that open are read.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from demos import DEMOS
from demos.exercises.course import COURSE, exercise
from demos.labs import LABS

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
ROOT = Path(__file__).parents[1]
DEMO_FOLDER = ROOT / "demos"


class Row(NamedTuple):
    number: int
    idea: str
    calls: list[str]
    demos: list[tuple[str, str]]  # name and file


def read(document: str) -> list[Row]:
    rows = []
    for line in document.splitlines():
        if re.match(r"\| *\d", line):
            number, idea, calls, demos = (cell.strip() for cell in line.strip("|").split(" | "))
            links = re.findall(r"\[(\w+)\]\(([\w.]+)\)", demos)
            rows.append(Row(int(number), idea, re.findall(r"`([^`]+)`", calls), links))
    return rows


ROWS = {
    row.number: row
    for row in read((DEMO_FOLDER / "README.md").read_text(encoding="utf-8").partition("## Courses")[0])
}
NUMBERS = [*range(1, 35)]
SHELL = "gradwalk demo "
TYPED = {number: row.calls for number, row in ROWS.items() if not row.calls[0].startswith(SHELL)}


class Shown(NamedTuple):
    """What a row's lines show: what they print, and the texts of each picture that opens."""

    text: str
    pictures: list[str]

    def numbers(self) -> list[float]:
        return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", self.text)]


# Types its arguments, line by line, at Python's prompt; pictures open in a browser that writes down which.
PROMPT = """
import code, pathlib, sys, urllib.parse, urllib.request, webbrowser

def note(uri):
    with open("opened", "a") as log:
        log.write(urllib.request.url2pathname(urllib.parse.urlparse(uri).path) + "\\n")
    return True

webbrowser.open = note
prompt = code.InteractiveConsole()
for line in ["from engine import *", "from engine import compile", "from nn import *", *sys.argv[1:]]:
    if prompt.push(line):
        prompt.push("")
"""


def typed(lines: list[str]) -> Shown:
    """What lines show at the prompt of a fresh Python. What goes wrong there ends the test."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "DISPLAY": ":0"}
    with TemporaryDirectory() as folder:
        settings["TMPDIR"] = settings["TEMP"] = settings["TMP"] = folder  # pictures that open are written there
        command = [sys.executable, "-c", PROMPT, *lines]
        done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        log = Path(folder, "opened")
        files = log.read_text(encoding="utf-8").split("\n")[:-1] if log.exists() else []
        return Shown(done.stdout, [texts(Path(file).read_text(encoding="utf-8")) for file in files])


def texts(svg: str) -> str:
    """The texts of an SVG: matplotlib, which draws letters as lines, writes each into a comment."""
    return unescape(
        "\n".join(a or b for a, b in re.findall(r"<!-- (.*?) -->|<text[^>]*>(.*?)</text>", svg, re.DOTALL))
    )


@cache
def shown() -> dict[int, Any]:
    """What the rows of the prompt show, two at a time."""
    pool = ThreadPoolExecutor(2)
    return {number: pool.submit(typed, lines) for number, lines in TYPED.items()}


def test_the_ideas_are_there_once_and_in_order() -> None:
    assert [*ROWS] == NUMBERS
    assert len({row.idea for row in ROWS.values()}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: str(row.number))
def test_an_idea_has_calls_and_demos(row: Row) -> None:
    assert row.calls
    assert len({call.startswith(SHELL) for call in row.calls}) == 1  # all at the shell, or all at the prompt
    assert row.demos
    for name, file in row.demos:
        assert file == f"{name}.py"
        assert (DEMO_FOLDER / file).exists()
        assert name in DEMOS  # test_demos.py runs every demo of that list
    for call in row.calls:
        if call.startswith(SHELL):  # and holds it to its numbers
            name, *options = call.removeprefix(SHELL).split()
            assert name in {name for name, _ in row.demos}
            assert options in ([], ["--show"])


def test_every_demo_but_the_tour_stands_for_an_idea() -> None:
    assert {name for row in ROWS.values() for name, _ in row.demos} == {*DEMOS} - {"tour"}


# What is looked for in what the lines of a row show: a number or a shape, and the texts of its pictures.
SOUGHT: dict[int, Callable[[Shown], bool]] = {
    2: lambda s: all(text in s.pictures[0] for text in ("(dendrites)", "(synapses)", "(cell body)", "(axon)")),
    3: lambda s: "2 inputs" in s.pictures[0] and s.pictures[0].count("b = ") == 4 and "1.00" in s.pictures[0],
    7: lambda s: "2,410" in s.text and "2410 parameters" in s.pictures[0],
    8: lambda s: (
        "2 inputs × 3 neurons" in s.pictures[0]
        and re.findall(r"w\d\d", s.pictures[0]) == ["w11", "w12", "w13", "w21", "w22", "w23"]
    ),
    9: lambda s: (
        [f"z{n} = W{n} · {before} + b{n}" in s.text for n, before in enumerate(["x", "h1", "h2", "h3", "h4"], 1)]
        == [True] * 5
        and "tanh(z4)" in s.text
    ),
    10: lambda s: (
        0.4 < s.numbers()[-2] < 0.8
        and s.numbers()[-1] > 0.95
        and f"layer 1: purity {s.numbers()[-2]:.2f}, neurons 1 to 10 of 16" in s.pictures[0]
        and f"layer 2: purity {s.numbers()[-1]:.2f}" in s.pictures[0]
    ),
    11: lambda s: s.numbers() == pytest.approx([0.045, 0.09, 0.35667], abs=1e-5),
    15: lambda s: "w2\ndata 0.7296\ngrad −0.03094" in s.pictures[0] and "dv5/dv4" in s.pictures[0],
    19: lambda s: (
        [
            [losses[0] == losses[1], losses[1] == losses[2]]
            for losses in (re.findall(r"\d\.\d+", line) for line in s.text.splitlines())
        ]
        == [[True, True], [True, False], [True, False]]
    ),
    24: lambda s: (
        s.numbers()[-12] > 0.9
        and all(0 <= chance <= 1 for chance in s.numbers()[-11:-1])
        and s.numbers()[-1] == pytest.approx(1)
        and "of 8 right" in s.pictures[0]
    ),
    25: lambda s: s.numbers()[-2] > 0.9 < s.numbers()[-1] and "of 38 right" in s.pictures[0],
    27: lambda s: "energy 0 to -1.5" in s.text and s.text.endswith("(1, -1, -1)\n"),
    28: lambda s: s.numbers()[1] < 0.7 * s.numbers()[0],
    29: lambda s: (
        [
            answers == wanted
            for answers, wanted in zip(
                re.findall(r"^[\[(]([01, ]+)[\])]$", s.text, re.MULTILINE), ["0, 1, 1, 0", "0, 1, 1, 0", "0, 0, 0, 1"]
            )
        ]
        == [True] * 3
    ),
    31: lambda s: "(1.0, 0.0, 0.0, 1.0)" in s.text and "0.5, 0.5" in s.text and "2 rows × 2 features" in s.text,
    32: lambda s: (
        min(changes := [int(n) for n in re.findall(r"(?:stronger|weaker|died) (\d+)", s.text)]) >= 8
        and sum(changes[:2]) == 24  # all weights of the net
        and min(s.numbers()[-5], s.numbers()[-3]) > 0.95 > 0.8 > s.numbers()[-1]  # whole, a half cut, and more
        and [s.numbers()[-4], s.numbers()[-2]] == [12, 18]
        and [re.findall(r"\d+ parameters", picture) for picture in s.pictures]
        == [["33 parameters"], ["21 parameters"]]
    ),
    33: lambda s: s.numbers()[0] > 30 and s.numbers()[1] == 0,
}


def test_every_row_of_the_prompt_has_something_that_is_looked_for() -> None:
    assert {*SOUGHT} == {*TYPED}


@pytest.mark.slow
@pytest.mark.parametrize("number", SOUGHT)
def test_a_call_shows_its_idea(number: int) -> None:
    seen = shown()[number].result()
    assert SOUGHT[number](seen), seen


def test_a_line_that_fails_or_shows_nothing_is_seen() -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        typed(["1 / 0"])
    assert typed(["x = 1"]) == Shown("", [])
    assert typed(["x = 1", "x + 1", "plot.losses([2.0, 1.0]).show()"]).text == "2\n"


def test_a_missing_idea_or_a_call_that_fails_is_seen() -> None:
    document = "| # | idea |\n|--:|---|\n| 1 | one | `1 / 0` | [tour](tour.py) |\n| 3 | three | `2` | [x](y.py) |\n"
    assert read(document) == [
        Row(1, "one", ["1 / 0"], [("tour", "tour.py")]),
        Row(3, "three", ["2"], [("x", "y.py")]),
    ]


def test_the_week_has_every_demo_lab_and_exercise_and_no_other() -> None:
    document = (DEMO_FOLDER / "README.md").read_text(encoding="utf-8")
    week = document[document.index("**One week") : document.index("In front of the class")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in week.splitlines()[4:] if line]
    shown = [name for row in rows for name in re.findall(r"\[(\w+)\]", row[2])]
    assert sorted(shown) == sorted(DEMOS)
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row[3])) == sorted(LABS)
    assert [number for row in rows for number in numbers(numbered(row[4]))] == [*range(1, len(COURSE) + 1)]
    assert sorted(number for row in rows for number in numbers(row[1])) == NUMBERS


def numbered(cell: str) -> str:
    """A cell with the numbers of exercises in place of their names."""
    return re.sub(r"`(\w+)`", lambda match: str(exercise(match[1]).number), cell)


def numbers(cell: str) -> list[int]:
    """The numbers that a cell's start names: 1, 3 to 5: ... are 1, 3, 4 and 5."""
    ends = [[int(number) for number in re.findall(r"\d+", part)] for part in cell.partition(":")[0].split(",")]
    return [number for end in ends if end for number in range(end[0], end[-1] + 1)]


def test_every_part_that_a_course_names_exists() -> None:
    document = (DEMO_FOLDER / "README.md").read_text(encoding="utf-8")
    courses = document[document.index("## Courses") : document.index("## In a school lab")]
    assert {*re.findall(r"\[(\w+)\]\(\1\.py\)", courses)} <= {*DEMOS}
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in courses.splitlines() if line[:1] == "|"]
    written = [name for row in rows for name in re.findall(r"`(\w+)`", row[4] if len(row) == 5 else "")]
    assert len(written) > 12
    assert {*written} <= {each.name for each in COURSE}
