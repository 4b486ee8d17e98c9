"""Every lab claims in words what its function checks, and that holds over 20 seeds; question, table and picture."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import runpy
import signal
import subprocess
import sys
from functools import cache
from math import inf, log
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from demos.labs import LABS, lab
from engine import MissingExtra, Value
from engine.installed import install_command

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "demos" / "labs"
SCRIPTS = {name: FOLDER / f"{name}.py" for name in LABS}
EACH = [pytest.param(name, marks=[pytest.mark.slow] * (name in ("overfitting", "unscaled"))) for name in LABS]

pytest.importorskip("numpy")
pytest.importorskip("matplotlib")


class Done(NamedTuple):
    output: str
    made: dict[str, Any]
    files: dict[str, bytes]


@cache
def run(name: str) -> Done:
    """A lab run to its end: what it printed, its names, and the files that it left."""
    out = io.StringIO()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setenv("GRADWALK_PICTURES", folder)
        made = runpy.run_module(f"demos.labs.{name}")
        return Done(out.getvalue(), made, {path.name: path.read_bytes() for path in Path(folder).iterdir()})


def python(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", **environment}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=settings, capture_output=True, encoding="ascii", check=False
    )


def joined(text: str) -> str:
    return " ".join(text.split())


# -- what every lab does ---------------------------------------------------------------------------------------------


def test_the_list_names_every_lab(tmp_path: Path) -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert files == {*LABS, "lab"}
    done = python("-m", "demos.labs", folder=tmp_path)
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == list(LABS)
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", LABS)
def test_a_lab_is_a_short_script_in_cells(name: str) -> None:
    source = SCRIPTS[name].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert "__name__" not in source
    assert source.count("\n") <= 110
    cells = re.split(r"^# %%", source, flags=re.MULTILINE)
    for cell in cells:  # none ends within a statement
        compile("#" + cell if cell is not cells[0] else cell, name, "exec")
    titles = re.findall(r"^# %% (\w+)", source, re.MULTILINE)
    assert [title for title in titles if title in ("Predict", "Run", "Explain", "Picture")] == [
        "Predict", "Run", "Explain", "Picture",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_a_lab_claims_what_holds_over_20_seeds(name: str) -> None:
    output, made, _ = run(name)
    assert len(made["runs"]) == 20
    assert made["claim"](made["runs"])
    assert f"Claim: {joined(made['claim'].__doc__)} It holds. The answer is" in joined(output)


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_a_lab_measures_the_same_for_the_same_seed(name: str) -> None:
    made = run(name).made
    assert made["measure"](3) == made["runs"][3]
    assert len({str(each) for each in made["runs"]}) > 1


@pytest.mark.parametrize("name", EACH)
def test_a_lab_prints_its_table_to_fit_a_terminal(name: str) -> None:
    output, made, _ = run(name)
    assert output.isascii()
    assert not [line for line in output.splitlines() if len(line) > 80]
    rows = [re.split(r"\s{2,}", line.strip()) for line in output.splitlines()]
    titles = [*made["runs"][0]]
    start = rows.index(["seed", *titles])
    for seed, row in enumerate(rows[start + 1 : start + 6]):
        numbers = [inf if cell == "never" else float(cell) for cell in row[1:]]
        assert row[0] == str(seed)
        assert numbers == pytest.approx([*made["runs"][seed].values()], rel=1e-3)
    middle = [median(each[title] for each in made["runs"]) for title in titles]
    assert [inf if cell == "never" else float(cell) for cell in rows[start + 6][1:]] == pytest.approx(
        middle, rel=1e-3
    )


@pytest.mark.parametrize("name", EACH)
def test_a_lab_asks_first_and_says_last_what_to_change(name: str) -> None:
    output, _, files = run(name)
    paragraphs = output.strip().split("\n\n")
    assert paragraphs[0].startswith("Predict. ")
    assert paragraphs[-2].startswith("Next: ")
    ((picture, content),) = files.items()
    assert re.fullmatch(rf"The picture is (.*[\\/])?{re.escape(picture)}\.", paragraphs[-1])
    if picture.endswith(".svg"):
        assert ElementTree.fromstring(content).tag.endswith("svg")
    else:
        assert content[1:4] == b"PNG"


# -- the words of each claim are what its function checks ------------------------------------------------------------


class Border(NamedTuple):
    """A fragment of a claim, a number just inside of what it says, one just outside, and in how many seeds of 20."""

    words: str
    column: str
    inside: Any  # a number, or a function of the run
    outside: Any
    least: int = 20


BORDERS = {
    "zero_grad": [
        Border("within 0.01 of 3 with zero_grad()", "zeroed: off by", 0.0099, 0.0101),
        Border("more than 2.9", "not zeroed: swing", 2.91, 2.89),
        Border("period of a pendulum, within 5 %", "period", lambda r: 1.049 * r["pendulum's"],
               lambda r: 1.051 * r["pendulum's"]),
        Border("period of a pendulum, within 5 %", "period", lambda r: 0.951 * r["pendulum's"],
               lambda r: 0.949 * r["pendulum's"]),
    ],
    "assign": [
        Border("layers 2 and 3 right", "layer 2 wrong", 0, 5),
        Border("layers 2 and 3 right", "layer 3 wrong", 0, 20),
        Border("each of layer 1 wrong", "layer 1 wrong", 100, 91, 18),
    ],
    "order": [
        Border("within a millionth", "in order", lambda r: r["nudge"] * (1 + 9e-7),
               lambda r: r["nudge"] * (1 + 11e-7)),
        Border("more than twice", "naive", lambda r: 2.01 * r["in order"], lambda r: 1.99 * r["in order"]),
    ],
    "rates": [
        Border("within 1 %", "limit found", lambda r: 1.009 * r["2/curvature"], lambda r: 1.011 * r["2/curvature"]),
        Border("Half of it takes 1 step", "1/2", 1, 2),
        Border("a quarter and three quarters take 7", "1/4", 7, 8),
        Border("a quarter and three quarters take 7", "3/4", 7, 6),
        Border("all of it never", "all of it", inf, 200),
    ],
    "symmetry": [
        Border("alike in the end", "zeros", 1, 2),
        Border("alike in the end", "alike", 1, 2),
        Border("stays at ln 2 = 0.6931", "loss, zeros", log(2) + 4e-5, log(2) + 6e-5),
        Border("above 0.47", "loss, alike", 0.471, 0.469),
        Border("6 different neurons", "random", 6, 5, 18),
        Border("below 0.01", "loss, random", 0.0099, 0.0101, 18),
    ],
    "saturated_tanh": [
        Border("no output is flat", "% flat, small", 0, 0.2),
        Border("more than half", "% flat, large", 50.1, 49.9),
        Border("more than twice", "loss, large", lambda r: 2.01 * r["loss, small"], lambda r: 1.99 * r["loss, small"],
               18),
    ],
    "dead_relu": [
        Border("3 or more", "shut", 3, 2),
        Border("holds the same weights", "moved", 0, 1),
    ],
    "depth": [
        Border("less than a millionth", "sigmoid", 9e-7, 11e-7),
        Border("more than a hundredth", "tanh", 0.0101, 0.0099, 18),
        Border("more than ten times", "relu", 10.1, 9.9, 18),
    ],
    "unscaled": [
        Border("20 steps or fewer", "steps: m, m", 20, 21, 18),
        Border("50 or more", "steps: m, dm", 50, 49, 18),
        Border("1 to 3 times", "steps: m, dm", lambda r: 2.99 * r["steep/flat: m, dm"],
               lambda r: 3.01 * r["steep/flat: m, dm"]),
        Border("1 to 3 times", "steep/flat: m, dm", lambda r: r["steps: m, dm"] / 1.01,
               lambda r: r["steps: m, dm"] / 0.99),
    ],
    "overfitting": [
        Border("below 0.025", "10: seen", 0.0249, 0.0251, 18),
        Border("above 0.25", "10: new", 0.251, 0.249, 18),
        Border("less than twice", "100: new", lambda r: 1.99 * r["100: seen"], lambda r: 2.01 * r["100: seen"], 18),
    ],
    "log_of_zero": [
        Border("no number for any of 10", "rows at log(0)", 10, 9),
        Border("every slope is 0", "slope, clip", 0, 1e-9),
        Border("w is still 1", "w, clip", 1, 0.999),
        Border("a slope of 1", "slope, scores", 1, 0.99),
        Border("w ends below 0", "w, scores", -0.01, 0.01),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "border"), [(name, border) for name in LABS for border in BORDERS[name]])
def test_a_claim_says_what_is_checked(name: str, border: Border) -> None:
    made = run(name).made
    claim, text = made["claim"], joined(made["claim"].__doc__)
    assert border.words in text
    before = text[: text.index(border.words)]
    said = re.findall(r"all 20|at least (\d+) of 20", before)
    assert int(said[-1] or 20) == border.least
    good = next(each for each in made["runs"] if claim([each] * 20))

    def at(number: Any) -> dict[str, float]:
        return {**good, border.column: number(good) if callable(number) else number}

    if border.column == "steps: m, dm" and border.words == "50 or more":
        good = {**good, "steep/flat: m, dm": 25.0}  # else the ratio would be out of bounds first
    inside, outside = at(border.inside), at(border.outside)
    assert claim([inside] * 20)
    assert claim([outside] * (20 - border.least) + [inside] * border.least)
    assert not claim([outside] * (21 - border.least) + [inside] * (border.least - 1))


def test_every_lab_has_its_borders() -> None:
    assert [*BORDERS] == [*LABS]


# -- what single labs say --------------------------------------------------------------------------------------------


def test_the_naive_pass_finds_8_and_says_how() -> None:
    output, made, _ = run("order")
    assert "naive: dc/da = 8." in output
    lines = re.findall(r"^  (\w) -> (\w)   \w.grad (\d) -> (\d)$", output, re.MULTILINE)
    assert lines == [("c", "b", "0", "1"), ("c", "b", "1", "2"), ("b", "a", "0", "2"), ("b", "a", "2", "4")]
    table = re.findall(r"^ +(\d)  +(\d+)  +(\d+)  +(\d+)  +(\d+)$", output, re.MULTILINE)
    assert [int(row[1]) for row in table] == [2, 4, 8, 16, 32, 64]
    assert [int(row[4]) for row in table] == [3, 7, 15, 31, 63, 127]
    assert int(table[1][2]) == made["four"] == 8


def test_the_log_has_no_number_from_where_it_is_said() -> None:
    assert "from s = 36.7 on" in joined(run("log_of_zero").output)
    below, above = (Value(53 * log(2) + side).sigmoid().data for side in (-0.01, 0.01))
    assert below < 1 == above
    output = run("log_of_zero").output
    assert "log(0.0): 1.0 - sigmoid(s) must be positive" in joined(output)
    rows = [line.split() for line in re.findall(r"^ +\d+ +\d\.\de.*$", output, re.MULTILINE)]
    assert [row[0] for row in rows] == ["1", "10", "30", "36", "37", "50"]
    assert rows[2][2:] == ["30.0010", "1.0000", "27.6310", "0.0000", "30.0000", "1.0000"]  # 27.631 = -log(1e-12)
    assert rows[4][2:] == ["no", "number", "27.6310", "0.0000", "37.0000", "1.0000"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("symmetry", "6 of 6 neurons of layer1 are alike"),
        ("dead_relu", "6 of 12 neurons of layer1 are dead"),
        ("depth", "The gradient vanishes"),
    ],
)
def test_diagnose_finds_what_a_lab_shows(name: str, words: str) -> None:
    assert words in joined(run(name).output)


# -- predictions -----------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def predicted(monkeypatch: pytest.MonkeyPatch, typed: str, *choices: str) -> tuple[lab.Guess, str]:
    """A student's prediction, typed at a terminal, and what the terminal shows."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys, "stdout", screen)
    return lab.predict("How many?", *choices), screen.getvalue()


@pytest.mark.parametrize(
    ("typed", "choices", "said"),
    [
        ("b\n", ("one", "two"), "b"),
        (" B \n", ("one", "two"), "b"),
        ("c\n2\na\n", ("one", "two"), "a"),
        ("\n", ("one", "two"), ""),
        ("", ("one", "two"), ""),  # Ctrl-D
        ("eight\nnan\n8\n", (), "8"),
        ("-0.5\n", (), "-0.5"),
    ],
)
def test_a_terminal_waits_for_a_prediction(
    monkeypatch: pytest.MonkeyPatch, typed: str, choices: tuple[str, ...], said: str
) -> None:
    guess, screen = predicted(monkeypatch, typed, *choices)
    assert guess == (said, choices)
    if typed.count("\n") > 1:
        assert screen.count("Type one letter, a to b." if choices else "Type a number, such as 0.5.") == 2


def test_elsewhere_the_question_stands_and_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert lab.predict("How many?", "one", "two") == ("", ("one", "two"))
    assert capsys.readouterr().out == "Predict. How many?\n  a  one\n  b  two\n\n"


@pytest.mark.parametrize(
    ("said", "choices", "truth", "verdict"),
    [
        ("b", ("one", "two"), "b", "You predicted b, and that is right: two."),
        ("a", ("one", "two"), "b", "You predicted a; it is b: two."),
        ("", ("one", "two"), "b", "The answer is b: two."),
        ("8.05", (), 8.0, "You predicted 8.05, and that is right: 8."),
        ("8.2", (), 8.0, "You predicted 8.2; it is 8."),
        ("", (), 8.0, "The answer is 8."),
    ],
)
def test_a_prediction_is_set_beside_what_came_out(
    said: str, choices: tuple[str, ...], truth: str | float, verdict: str
) -> None:
    assert lab.Guess(said, choices).verdict(truth) == verdict


def test_a_claim_that_does_not_hold_is_told_and_judges_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    def claim(runs: Any) -> bool:
        """In all 20 seeds, x is 1."""
        return all(run["x"] == 1 for run in runs)

    lab.conclude(claim, [{"x": 2.0}], lab.Guess("a", ("yes", "no")), "a")
    said = "Claim: In all 20 seeds, x is 1. With these numbers, it does not hold. Why?"
    assert joined(capsys.readouterr().out) == said


# -- how labs are started, and how they end --------------------------------------------------------------------------


def test_a_lab_runs_by_its_name_and_as_a_module_and_saves_where_it_stands(tmp_path: Path) -> None:
    by_name = python("-m", "demos.labs", "assign", folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["assign.svg"]
    as_module = python("-m", "demos.labs.assign", folder=tmp_path)
    assert by_name.stdout == as_module.stdout
    assert by_name.stdout.endswith("\n\nThe picture is assign.svg.\n")
    assert by_name.stdout.rpartition("\n\n")[0] == run("assign").output.rpartition("\n\n")[0]
    assert by_name.stderr == as_module.stderr == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [("zerograd", "there is no lab 'zerograd'. Did you mean zero_grad?"), ("7", "python -m demos.labs lists them.")],
)
def test_a_wrong_name_is_told(tmp_path: Path, name: str, told: str) -> None:
    done = python("-m", "demos.labs", name, folder=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a signal, as POSIX sends it")
def test_ctrl_c_ends_a_lab_in_the_midst_of_a_training(tmp_path: Path) -> None:
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "demos.labs", "overfitting"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip():  # the question; an empty line ends it, and the training begins
            pass
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=30)
    assert (process.returncode, output, error) == (130, "\nStopped.\n", "")


def test_without_matplotlib_a_lab_says_how_to_get_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import sys; sys.modules['matplotlib'] = None; import demos.labs.order"
    done = python("-c", script, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    monkeypatch.chdir(tmp_path)
    advice = f"No picture: a plot needs matplotlib: {install_command('train')}\n"
    assert done.stdout == re.sub(r"The picture is .*order\.png\.\n", lambda _: advice, run("order").output)


def test_panels_ask_for_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match="pip install"):
        lab.panels(2)


def test_a_notebook_shows_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_PICTURES", str(tmp_path))
    shown = lab.picture("x.png", lambda: lab.curves("t", "x", "y", [0.5, 1.0], {"a": [1.0, 2.0]}))
    assert shown._repr_png_() == (tmp_path / "x.png").read_bytes()
    assert [*shown.lines[0].get_xdata()] == [0.5, 1.0]
    assert (shown.get_title(loc="left"), shown.get_xlabel(), shown.get_ylabel()) == ("t", "x", "y")
