"""The table in demos/README.md: the ideas, each with calls that run and with demos that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from svg import words

import engine
import nn
from demos import DEMOS
from demos.exercises.course import COURSE
from demos.labs import LABS

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
DEMO_FOLDER = Path(__file__).parents[1] / "demos"
PUBLIC = {name: getattr(package, name) for package in (engine, nn) for name in package.__all__}


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


ROWS = read((DEMO_FOLDER / "README.md").read_text(encoding="utf-8").partition("## Courses")[0])


def called(number: int) -> list[Any]:
    """What the calls of an idea give."""
    (row,) = (row for row in ROWS if row.number == number)
    return [eval(call, dict(PUBLIC)) for call in row.calls]


NUMBERS = [*range(1, 26), *range(27, 34)]


def test_all_ideas_are_there_once_and_in_order() -> None:
    assert [row.number for row in ROWS] == NUMBERS
    assert len({row.idea for row in ROWS}) == len(NUMBERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_an_idea_has_calls_that_run_and_demos_that_are_tested(row: Row) -> None:
    assert row.calls
    assert all(result is not None for result in called(row.number))
    assert row.demos
    for name, file in row.demos:
        assert file == f"{name}.py"
        assert (DEMO_FOLDER / file).exists()
        assert name in DEMOS  # test_demos.py runs every demo of that list


def test_every_demo_but_the_tour_and_the_gpt_stands_for_an_idea() -> None:
    assert {name for row in ROWS for name, _ in row.demos} == {*DEMOS} - {"tour", "gpt"}


# What the calls show, where it is a number or a text.
SHOWN: dict[int, Any] = {
    1: lambda history: history.losses[-1] < 0.1 < history.losses[0],
    2: lambda ax: {"weights\n(synapses)", "output\n(axon)"} <= {text.get_text() for text in ax.texts},
    3: lambda drawing: all(text in words(drawing.svg) for text in ("w[0]", "0.5", "sigmoid")),
    4: lambda text: "w[0]" in text and "sigmoid(z)" in text,
    5: lambda *scalers: [scaler.how for scaler in scalers] == ["standardize", "normalize"],
    6: lambda *plots: (
        [ax.get_title(loc="left").split(":")[0] for ax in plots] == ["threshold", "sigmoid", "tanh", "relu"]
    ),
    7: lambda summary: "2,410" in summary,
    8: lambda label, ax: label == "layer1.neuron3.w[1]" and "2 inputs × 3 neurons" in ax.get_title(loc="left"),
    9: lambda source: "@" in source and "tanh(" in source,
    10: lambda ax: "32 neurons" in ax.get_title(loc="left"),
    11: lambda *losses: losses == pytest.approx((0.045, 0.09, 0.35667), abs=1e-5),
    12: lambda ax: "w and b" in ax.get_title(loc="left"),
    13: lambda text: "w.grad" in text and "8.0" in text,
    14: lambda ax: "slope 8" in ax.get_legend().get_texts()[1].get_text(),
    15: lambda drawing, report: "tanh" in words(drawing.svg) and "derivatives agree" in str(report),
    16: lambda count: count == 10**75,
    17: lambda slopes: [slope.data for slope in slopes] == [8.0],
    18: lambda history: history.epochs == 100,
    19: lambda batches, losses: sorted(batches) == [(0,), (0,), (1,), (1,)] and losses == called(19)[1],
    20: lambda kinds: len({type(kind) for kind in kinds}) == 7,
    21: lambda history: history.epochs == 1,
    22: lambda loop, line: (
        loop.get_title(loc="left").startswith("Recurrent") and line.get_title(loc="left").startswith("MLP")
    ),
    23: lambda classes, numbers: type(classes[0]) is int and type(numbers[0]) is float,
    24: lambda chances: len(chances) == 10 and sum(p.data for p in chances) == pytest.approx(1),
    25: lambda parts, matrix: [len(part.X) for part in parts] == [112, 38] and sum(map(sum, matrix)) == 38,
    27: lambda recall, state: (
        recall.state == (1, -1, 1, -1)
        and recall.energies[-1] < recall.energies[0]
        and state[0] != state[1] == state[2]
    ),
    28: lambda losses: losses[1][0] < losses[0][0],
    29: lambda rule, learned: len(rule) == len(learned) == 4 and {*rule, *learned} <= {0, 1},
    30: lambda losses: losses[1] < losses[0],
    31: lambda image, text, series, kinds: (
        image == (1, 0, 0, 1)
        and text == ((0.5, 0.5, 0),)
        and (series.X, series.y) == (((1, 2), (2, 3)), (3, 4))
        and kinds == ((0, 1), (1, 0))
    ),
    32: lambda cut, penalty: cut == 4 and penalty.data == 0.25,
    33: lambda silent: silent[0] > 30 and silent[1] == 0,
}


@pytest.mark.parametrize("number", SHOWN)
def test_a_call_shows_its_idea(number: int) -> None:
    assert SHOWN[number](*called(number))


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
    assert [number for row in rows for number in numbers(row[4].replace("ex", ""))] == [*range(1, len(COURSE) + 1)]
    assert sorted(number for row in rows for number in numbers(row[1])) == NUMBERS


def numbers(cell: str) -> list[int]:
    """The numbers that a cell's start names: 1, 3 to 5: ... are 1, 3, 4 and 5."""
    ends = [[int(number) for number in re.findall(r"\d+", part)] for part in cell.partition(":")[0].split(",")]
    return [number for end in ends if end for number in range(end[0], end[-1] + 1)]


def test_every_part_that_a_course_names_exists() -> None:
    document = (DEMO_FOLDER / "README.md").read_text(encoding="utf-8")
    courses = document[document.index("## Courses") : document.index("## In a school lab")]
    assert {*re.findall(r"\[(\w+)\]\(\1\.py\)", courses)} <= {*DEMOS}
    assert {*re.findall(r"`(ex\d\d)`", courses)} <= {each.id for each in COURSE}
