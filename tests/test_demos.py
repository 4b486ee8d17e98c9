"""Every demo runs to its end and prints what it promises: the numbers are checked, not only the exit."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import fmean, pstdev
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

import pytest

from demos import DEMOS

ROOT = Path(__file__).parents[1]
SCRIPTS = {name: ROOT / "demos" / f"{name}.py" for name in DEMOS}


def python(*arguments: str, folder: str | Path, **environment: str) -> str:
    """What a fresh Python prints, run in a folder; its errors end the test."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@cache
def run(name: str) -> tuple[str, dict[str, str], float]:
    """A demo's output, the files that it left in the current folder, and its seconds."""
    with TemporaryDirectory() as folder:
        since = perf_counter()
        output = python("-m", f"demos.{name}", folder=folder)
        seconds = perf_counter() - since
        return output, {path.name: path.read_text(encoding="utf-8") for path in Path(folder).iterdir()}, seconds


def test_the_list_names_every_demo(tmp_path: Path) -> None:
    files = {path.stem for path in (ROOT / "demos").glob("*.py") if not path.stem.startswith("_")}
    assert files == set(DEMOS)
    listed = python("-m", "demos", folder=tmp_path).splitlines()
    assert [line.split()[0] for line in listed[2:]] == list(DEMOS)
    assert all(len(line) <= 80 for line in listed)


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_is_a_script_in_cells_that_says_what_it_shows(name: str) -> None:
    source = SCRIPTS[name].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert re.search(r"^# %%", source, re.MULTILINE)
    assert "__name__" not in source


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_prints_lines_that_fit_a_projector(name: str) -> None:
    output, _, seconds = run(name)
    assert output.endswith("\n")
    assert not [line for line in output.splitlines() if len(line) > 80]
    assert seconds < 30


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_runs_cell_by_cell(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_PICTURES", str(tmp_path))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in re.split(r"^# %%", SCRIPTS[name].read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            exec(compile("#" + cell, name, "exec"), namespace)
    last = run(name)[0].splitlines()[-1]
    assert printed.getvalue().rstrip("\n").splitlines()[-1] == last.replace(
        "neuron.svg", str(tmp_path / "neuron.svg")
    )


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_runs_where_only_ascii_can_be_shown(name: str, tmp_path: Path) -> None:
    python("-m", f"demos.{name}", folder=tmp_path, PYTHONIOENCODING="ascii")


def test_a_demo_runs_as_a_plain_script(tmp_path: Path) -> None:
    assert python(str(SCRIPTS["one_weight"]), folder=tmp_path) == run("one_weight")[0]


def test_the_weight_goes_from_5_by_4_2_to_3_as_in_the_textbook() -> None:
    output, _, _ = run("one_weight")
    for line in (
        "weight w = 5, input x = 2, target 6, rate 0.1",
        "5 * 2 = 10",
        "(6 - 10)**2 / 2 = 8",
        "(10 - 6) * 2 = 8",
        "5 - 0.1 * 8 = 4.2",
        "w is 3.0000, and 3.0000 * 2 is 6.0000",
    ):
        assert line in output
    table = [[float(cell) for cell in line.split()] for line in re.findall(r"^ +\d+ .*$", output, re.MULTILINE)]
    assert table[:2] == [[0, 5, 10, 8, 8], [1, 4.2, 8.4, 2.88, 4.8]]
    for step, w, prediction, loss, slope in table:
        assert w == pytest.approx(3 + 2 * 0.6**step, abs=5e-5)
        assert prediction == pytest.approx(2 * w, abs=2e-4)
        assert loss == pytest.approx((6 - 2 * w) ** 2 / 2, abs=1e-3)
        assert slope == pytest.approx((2 * w - 6) * 2, abs=1e-3)
    assert table[-1][0] == 30
    rates = {float(line.split()[0]): line for line in output.splitlines() if line.startswith("0.")}
    assert rates[0.25].split()[1:4] == ["5.000", "3.000", "3.000"]
    assert rates[0.5].split()[1:4] == ["5.000", "1.000", "5.000"]
    assert rates[0.6].endswith("away")


def test_the_chain_rule_agrees_with_itself_three_times_over() -> None:
    output, _, _ = run("chain_rule")
    table = re.findall(r"^dL/d(\w) +([-.\d]+) +([-.\d]+) +([-.\d]+)$", output, re.MULTILINE)
    slopes = {node: tuple(map(float, numbers)) for node, *numbers in table}
    assert slopes == {node: (slope,) * 3 for node, slope in {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0}.items()}
    assert "dy/dx = 3 + 3 + 1 = 7.0" in output
    assert "-2.0 × -3.0 = 6.0" in output  # the walk's chain rule for a


def test_the_neuron_is_taken_apart_walked_and_drawn() -> None:
    output, files, _ = run("neuron")
    assert "z = w[0]*x[0] + w[1]*x[1] + b = 0.5000" in output
    assert "h = tanh(z) = 0.4621" in output
    assert "1.573" in output  # dh/dw[0] = (1 - h²) · x[0], in the walk
    assert output.splitlines()[-1] == "The picture is in neuron.svg: open it with a browser."
    picture = files["neuron.svg"]
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    for text in "x[0]", "w[1]", "tanh", "1.573":
        assert text in picture


def test_pictures_go_where_they_are_told(tmp_path: Path) -> None:
    there = tmp_path / "pictures"
    there.mkdir()
    output = python("-m", "demos.neuron", folder=tmp_path, GRADWALK_PICTURES=str(there))
    assert str(there / "neuron.svg") in output
    assert [path.name for path in tmp_path.rglob("*.svg")] == ["neuron.svg"]
    assert (there / "neuron.svg").exists()


def test_the_flowers_are_learned_and_the_learning_tested() -> None:
    output, _, _ = run("flowers")
    epochs = re.findall(r"^ +(\d+) +([\d.]+)? +([\d.]+) %$", output, re.MULTILINE)
    assert epochs[0][0] == "0"
    assert float(epochs[0][2]) < 60
    assert float(epochs[-1][2]) >= 95
    found = [float(loss) for _, loss, _ in epochs[1:]]
    assert found == sorted(found, reverse=True)
    share, right = re.fullmatch(
        r"test accuracy: ([\d.]+) % \((\d+) of 50 new flowers\)", output.splitlines()[-1]
    ).groups()
    assert float(share) == 2 * int(right) >= 93
    table = re.findall(r"^(?:setosa|versicolor|virginica) +(\d+) +(\d+) +(\d+)$", output, re.MULTILINE)
    assert sum(int(row[kind]) for kind, row in enumerate(table)) == int(right)
    assert sum(int(cell) for row in table for cell in row) == 50


def test_the_test_flowers_have_no_say_in_the_training() -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(SCRIPTS["flowers"].read_text(encoding="utf-8"), "flowers", "exec"), space)
    train, test, standardize = space["train"], space["test"], space["standardize"]
    everything = [(standardize(row), kind) for row, kind in space["flowers"]]
    assert (len(train), len(test)) == (100, 50)
    assert sorted(train + test) == sorted(everything)
    for column in zip(*(row for row, _ in train)):
        assert fmean(column) == pytest.approx(0, abs=1e-12)
        assert pstdev(column) == pytest.approx(1)


def test_the_flowers_stay_as_good_from_other_starts() -> None:
    source = SCRIPTS["flowers"].read_text(encoding="utf-8")
    for seed in range(1, 4):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source.replace("Random(0)", f"Random({seed})"), "flowers", "exec"), {"__name__": "__main__"})
        assert int(re.findall(r"\((\d+) of 50", printed.getvalue())[0]) >= 47, seed


def test_without_scikit_learn_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys, runpy; sys.modules['sklearn'] = None; runpy.run_module('demos.flowers')"
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "This demo's data needs scikit-learn: pip install 'gradwalk[train]'\n"
    assert not done.stdout


def test_the_tour_ends_with_a_walk_a_picture_and_an_accuracy() -> None:
    output, files, seconds = run("tour")
    walked, drawn, tested = (
        output.index(text) for text in ("tanh(z)", "The picture is in neuron.svg", "test accuracy")
    )
    assert walked < drawn < tested
    assert files["neuron.svg"] == run("neuron")[1]["neuron.svg"]
    assert output.rstrip().splitlines()[-1] == run("flowers")[0].splitlines()[-1]
    assert seconds < 30
