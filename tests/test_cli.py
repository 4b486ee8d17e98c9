"""The command line as a student uses it: what it prints, what it says of mistakes, and how it ends."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, _SubParsersAction
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st
from wording import mentions

from demos.cli import command as cli, doctor
from demos.cli.command import BY_NAME, main
from demos.exercises.course import exercise
from engine import Value
from engine.command import COMMANDS
from engine.draw.render import programs
from engine.errors import FormulaError
from engine.expression import Expression, numbers
from engine.installed import install_command
from engine.rules import FLOATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
TANH = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.5"]


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment}
    command, pipe = [sys.executable, "-m", "demos.cli", *arguments], subprocess.PIPE
    return subprocess.Popen(command, env=environment, encoding="utf-8", stdin=pipe, stdout=pipe, stderr=pipe)


# What it prints


def test_walk_prints_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", *TANH]) == 0
    out = capsys.readouterr().out
    for fact in "forward 3/3", "backward 6/6", "a * b", "tanh", "-2.359":
        assert fact in out
    assert max(map(len, out.splitlines())) <= 80


def test_draw_prints_dot_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *TANH, "--dot"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("digraph")
    assert "−2.359" in out  # the gradients are there
    assert main(["draw", *TANH, "--local", "--dot"]) == 0
    assert len(capsys.readouterr().out) > len(out)


@pytest.mark.parametrize("screen", [True, False])
def test_draw_names_a_picture_and_opens_it_where_there_is_a_screen(
    screen: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("engine.command.has_display", lambda: screen)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["draw", *TANH]) == 0
    out = capsys.readouterr().out
    (picture,) = tmp_path.glob("*/graph.svg")
    assert f"saved {picture}" in out
    assert "−2.359" in picture.read_text(encoding="utf-8")
    assert opened == [picture.as_uri()] * screen


def test_draw_without_a_layout_program_says_how_to_print_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys.modules["engine.draw.render"], "programs", list)
    assert main(["draw", " + ".join(f"tanh({number}*x)" for number in range(2, 22)), "x=1"]) == 1
    assert "--dot" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]
    assert main(["draw", *TANH]) == 0  # a small graph is laid out plainly
    assert [*tmp_path.glob("*/graph.svg")]


def test_walk_saves_a_page_and_a_worksheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, sheet = tmp_path / "page.html", tmp_path / "sheet.HTML"
    assert main(["walk", *TANH, "--out", str(page), "--worksheet", str(sheet)]) == 0
    printed = capsys.readouterr()
    assert f"saved {page}" in printed.out
    assert f"saved {sheet}" in printed.out
    assert not printed.err
    assert "-2.359" in page.read_text(encoding="utf-8")
    assert "-2.359" in sheet.read_text(encoding="utf-8").partition("Answers")[2]
    assert sheet.read_text(encoding="utf-8").count("<input") > page.read_text(encoding="utf-8").count("<input")


@pytest.mark.parametrize("option", ["walk --out", "walk --worksheet", "draw --out", "check --out"])
def test_a_file_that_cannot_be_made_is_named_before_anything_is_printed(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "folder.svg").mkdir()
    command, option = option.split()
    ending = ".html" if command == "walk" else ".svg"
    for name in f"nowhere/a{ending}", f"folder{ending}", "a.jpg", "a", "", ".", "a\0b", "a" * 300 + ending:
        assert main([command, *TANH, option, name]) == 1, name
        printed = capsys.readouterr()
        assert not printed.out
        assert printed.err.startswith("gradwalk: ")
    assert main([command, *TANH, option]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.html", "folder.svg"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--svg", "--out"])
def test_any_command_saves_the_drawing(
    command: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.svg"
    assert main([command, TANH[0], option, str(path), *TANH[1:]]) == 0
    assert capsys.readouterr().out.endswith(f"saved {path}\n")
    assert "−2.359" in path.read_text(encoding="utf-8")


def test_an_expression_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", "-a*b", "a=2", "b=-3"]) == 0
    assert "= -a" in capsys.readouterr().out


def test_check_prints_its_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "d = a*b; d*d", "a=2", "b=1/4"]) == 0
    out = capsys.readouterr().out
    assert "dd/da" in out
    assert "derivatives agree" in out


def test_a_wrong_derivative_is_reported_and_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Value.sin, "__code__", Value.cos.__code__)  # the value of one with the slope of the other
    assert main(["check", "sin(a)", "a=1"]) == 1
    printed = capsys.readouterr()
    assert "WRONG" in printed.out
    assert printed.err.startswith("gradwalk: wrong ")


def test_step_opens_a_prompt() -> None:
    out, err = start("walk", *TANH, "--step").communicate("next\nquit\n", timeout=60)
    assert "a * b" in out
    assert not err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in [], ["-h"], ["--help"], ["--version"]:
        assert main(arguments) == 0
        assert capsys.readouterr().out.startswith("gradwalk " if "--version" in arguments else "usage: gradwalk ")


# What it says of mistakes


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("walk a*b a=2", 2, "b ... add b=1.0."),
        ("walk a*b+c b=2", 2, "a and c ... add a=1.0 c=1.0."),
        ("walk a a=2 a=3", 2, "a ... 2.0 and 3:"),
        ("walk a a=abc", 2, "'abc' ... a=2.0 or a=1/3."),
        ("walk a a=b=3", 2, "'b=3' ... a=2.0 or a=1/3."),
        ("walk a a=", 2, "'' ... a=2.0 or a=1/3."),
        ("walk a 1a=2", 2, "'1a' ... letter first"),
        ("walk a exp=2", 2, "'exp' ... operation"),
        ("walk 2*3", 2, "'2*3' ... a=2.0."),
        ("walk ';'", 2, "'a*b + c'"),
        ("walk 'tahn(a)' a=2", 2, "'tahn(a)': ... tahn; ... tanh or tan?"),
        ("walk exp*a a=2", 2, "'exp*a': ... exp(...)"),
        ("walk 'max(a)' a=2", 2, "'max(a)': max ... 2 arguments, not 1."),
        ("walk 'd=a; d=a*a; d' a=2", 2, "'d=a*a': d ... another name"),
        ("walk a=a*2 a=2", 2, "'a=a*2': a ... another name"),
        ("walk 'log(a)' a=-1", 1, "log(-1.0): a ... log(a)."),
        ("walk 'exp(a)' a=1000", 1, "exp(1000.0): ... exp(a)."),
        ("walk a/0 a=1", 1, "1.0 / 0.0: y in x / y ... a / 0.0."),
        ("draw a a=1 --svg nowhere/a.svg", 1, "'a.svg' ... 'nowhere'."),
        (f"walk {'a+' * 499}a a=1", 2, "'a+a+a+a+a+a+a+a+a+a+'... ... 200 deep"),
        ("walk a*b a b=2", 2, "'a' ... a=2.0, ... quotes"),
        ("walk a a:2", 2, "'a:2' ... a=2, ... quotes"),
        ("walk a*b a*b", 2, "'a*b' ... a=2.0, ... quotes"),
        ("walk 'd=a*b, d*d' a=2 b=3", 2, "Write d=a*b; d*d"),
        ("walk 'd=' d=2", 2, "'d=': nothing"),
        ("walk a2 a=2", 2, "a2 ... add a2=1.0"),
        ("walk 'b(a + 1)' a=2 c=1", 2, "operation b; ... write b*(a + 1)"),
        ("walk ab a=2 b=3", 2, "ab ... write a*b for ab, or add ab=1.0"),
        ("walk sina a=2", 2, "sina ... write sin(a) for sina, or add sina=1.0"),
        ("walk a a=2,5", 2, "Write a=2.5"),
        ("walk a a=1,000", 2, "Write a=1.000 or a=1000"),
        ("walk a*b 'a=2 b=3'", 2, "word of its own, ... a=2 b=3"),
        ("walk 'd=a*b; d*d+d' d=4", 2, "d has two values ... d=4"),
        ("walk 'f(x)=x^2' x=4", 2, "Write f = x^2"),
        ("walk 'a; max(a; 0,5)' a=4", 2, "Write a; max(a, 0.5)"),
        ("walk a=2 b=3 a*b", 2, 'gradwalk walk "a*b" a=2 b=3'),
        ("walk a=2", 2, 'no expression: ... gradwalk walk "a*a + a" a=2'),
        ("draw a + b a=2 b=3", 2, 'quotes: gradwalk draw "a + b" a=2 b=3'),
        ("walk -a -b a=2 b=3", 2, 'quotes: gradwalk walk "-a -b" a=2 b=3'),
        ("walk sin x x=2", 2, 'quotes: gradwalk walk "sin x" x=2'),
        ("walk d=x*x d*d x=2", 2, 'quotes: gradwalk walk "d=x*x; d*d" x=2'),
        ("walk a b a=1", 2, "'b' gives no value: write b=2.0"),
        ("walk sin2x x=2", 2, "write sin(2*x) for sin2x, or add sin2x=1.0"),
        ("walk 1/ab a=2 b=4", 2, "write (a*b) for ab"),
        ("walk 1/sina a=2", 2, "write sin(a) for sina"),
        ("walk x2 x=2", 2, "write x**2 or x*2 for x2, or add x2=1.0"),
        ("walk 'Sin x' x=2", 2, "write sin(...) for Sin"),
        ("walk 'ln*x' x=2", 2, "'ln*x': ln is an operation: write ln(...)"),
        ("walk ln x=2 y=3", 2, "'ln': ln is an operation: write ln(...)"),
        ("walk 'σ*x' x=2", 2, "write σ(...) for σ, or add σ=1.0"),
        ("walk X x=2", 2, "write x for X"),
        ("walk x y=2", 2, "x has no value: ... x=1.0. ... does not read y"),
        ("walk lambda*x lambda=2 x=1", 2, "'lambda' is a word of Python ... lambda_"),
        ("walk x x=1/0", 2, "x=1/0 has no value"),
        ("walk x x=1e308*10", 2, "x=1e308*10 is too large"),
        ("walk x '=' 2", 2, "'=2' ... write a=2"),
        ("walk x -x=2", 2, "write x=2"),
        ("walk x --x=2", 2, "write x=2"),
        ("walk x x=1 --step 2", 2, "--step takes no number"),
        ("walk x*x x=1e200", 1, "too large for a float"),
        ("walk 1e308*10*x x=1", 1, "too large for a float"),
        ("check x*x x=1e200", 1, "too large for a float"),
        ("walk 0^x x=0", 1, "no finite value"),
        (f"walk {'x' * 999} x=2", 2, "xx... has no value"),
        (f"walk {'+'.join(f'x{place}' for place in range(90))} a=1", 2, "and 82 more have no value: add x0=1.0"),
        (f"walk x x=1 --{'w' * 5000}", 2, "--ww"),
        ("walk x x=1 --out -", 1, "'-' ... 'graph.svg'"),
        ("walk x x=1 --out ..", 1, "'..' is a folder: ... '../graph.svg'"),
        ("walk x x=1 --out .svg", 1, "'.svg' ... 'graph.svg'"),
        ("walk x x=1 --out a.svg.", 1, "'a.svg.' ... 'a.svg'?"),
        ("walk x x=1 --out a.svg/", 1, "'a.svg/' ends as a folder does"),
        ("draw x x=1 --out -a.jpg", 1, "'-a.jpg' ... '-a.png'"),
        ("demo one_weight --save /dev/null", 1, "/dev/null is a file, not a folder"),
        ("demo -", 2, "there is no demo '-'"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(line: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(line)) == code
    printed = capsys.readouterr()
    message = " ".join(printed.err.split())
    assert message.startswith("gradwalk: ")
    assert mentions(message, said), message
    assert max(map(len, printed.err.splitlines())) <= 80
    assert not printed.out


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a.svg"
    folder.mkdir()
    assert main(["draw", "a", "a=1", "--svg", str(folder)]) == 1
    assert mentions(capsys.readouterr().err, "gradwalk: 'a.svg' ... folder")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("walk", ["expression", "gradwalk walk --help"]),
        ("walk a a=1 --slow", ["--slow", "gradwalk walk --help"]),
        ("draw a a=1 --step", ["--step", "gradwalk draw --help"]),
        ("check a a=1 --step", ["--step", "gradwalk check --help"]),
        ("check a a=1 --dot", ["--dot", "gradwalk check --help"]),
        ("draw a a=1 --worksheet a.html", ["--worksheet", "gradwalk draw --help"]),
        ("walk a a=1 --step --out a.html", ["--step", "--out", "gradwalk walk --help"]),
        ("walk a a=1 --step --worksheet a.html", ["--step", "--worksheet", "gradwalk walk --help"]),
        ("walk a a=1 --out a.html --worksheet a.html", ["--out", "--worksheet", "the same file"]),
        ("walk a a=1 --local", ["--local", "--out graph.svg"]),
        ("walk a a=1 --heat", ["--heat", "--out graph.svg"]),
        ("walk a a=1 --local --out a.html", ["--local", "--out graph.svg"]),
        ("check a a=1 --local", ["--local", "--out graph.svg"]),
        ("draw a a=1 --dot --out a.svg", ["--dot", "--out"]),
        ("--frobnicate", ["--frobnicate", "gradwalk --help"]),
        ("doctor now", ["now", "gradwalk doctor --help"]),
        ("operations add", ["add", "gradwalk operations --help"]),
        ("completion", ["SHELL", "gradwalk completion --help"]),
        ("completion sh", ["sh", "bash", "gradwalk completion --help"]),
        ("grade --format xml", ["xml", "csv", "gradwalk grade --help"]),
        ("run a a=1", ["'run'", "gradwalk --help"]),
        ("wlak a a=1", ["'wlak'", "Did you mean walk?"]),
        ("Walk a a=1", ["Did you mean walk?"]),
        ("demos", ["Did you mean demo?"]),
        ("lab", ["Did you mean labs?"]),
        ("tour", ["gradwalk demo tour"]),
        ("dead_relu", ["gradwalk labs dead_relu"]),
        ("hint", ["gradwalk exercises hint"]),
        ("ex05", ["gradwalk exercises check ex05"]),
        ("check ex05", ["gradwalk exercises check ex05"]),
        ("walk ex05_reuse.py", ["gradwalk exercises walk ex05_reuse.py"]),
        ("a*b a=2 b=3", ['gradwalk walk "a*b"']),
        ("demo tuor", ["'tuor'", "Did you mean tour?"]),
        ("labs 7", ["'7'", "gradwalk labs lists them"]),
        ("labs order depth", ["depth", "gradwalk labs --help"]),
        ("''", ["''", "gradwalk --help"]),
        ("walk a a=1 --stpe", ["--stpe: did you mean --step?"]),
        ("walk a a=1 -step", ["-step: did you mean --step?"]),
        ("walk a a=1 --Step", ["--Step: did you mean --step?"]),
        ("walk a a=1 --step=2", ["--step takes nothing after it"]),
        ("walk a a=1 --sheet a.html", ["did you mean --worksheet?"]),
        ("walk a a=1 --out", ["--out/--svg needs a file after it"]),
        ("walk a --out a=1", ["--out needs a file after it, not a=1"]),
        ("walk a a=1 --out a.svg --out b.svg", ["--out/--svg is given twice"]),
        ("walk a a=1 --out a.svg --svg b.svg", ["--out/--svg is given twice"]),
        ("demo tour --save a --save b", ["--save is given twice"]),
        ("grade --format csv --format json", ["--format is given twice"]),
        ("draw a a=1 -o a.svg", ["-o: did you mean --out?"]),
        ("draw a a=1 --output a.svg", ["--output: did you mean --out?"]),
        ("draw a a=1 --png a.png", ["--png: did you mean --out?"]),
        ("demo tour --list", ["--list is not understood"]),
        ("exercises grade --frob", ["--frob", "gradwalk exercises grade --help"]),
        ("exercises grade --format xml", ["xml", "csv"]),
    ],
)  # fmt: skip
def test_a_request_that_is_not_understood_points_to_what_is_meant(
    line: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(line)) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert max(map(len, printed.err.splitlines())) <= 80
    assert all(word in " ".join(printed.err.split()) for word in words), printed.err


@pytest.mark.parametrize(
    "line",
    [
        ["'a*b", "+", "c'", "a=2", "b=-3", "c=6.5"],  # as Windows leaves single quotes
        ["“a*b", "+", "c”", "a=2", "b=-3", "c=6.5"],
        ["'a*b + c'", "'a=2'", "b='-3'", "c=6.5"],
        ["ａ＊ｂ＋ｃ", "ａ＝２", "b=−3", "c=6.5"],
        ["a*b + c", "a", "=", "2", "b", "=-3", "c=", "13/2"],
        ["--", "a*b + c", "a=2", "b=-3", "c=6.5"],
        ["\na*b\u00a0+ c\t", " a = 2 ", "", " ", "b=-3,", "c=6.5;"],
    ],
)
def test_what_a_terminal_or_a_keyboard_adds_changes_nothing(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "a*b + c", "a=2", "b=-3", "c=6.5"]) == 0
    usual = capsys.readouterr().out
    assert main(["check", *line]) == 0
    assert capsys.readouterr() == (usual, "")


def test_a_file_may_begin_with_a_minus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "-a", "--out", "-a.svg", "a=1"]) == 0
    assert "saved -a.svg" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["-a.svg"]


def test_help_and_version_are_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    for line, usual in {
        "help": "--help", "help walk": "walk --help", "version": "--version", "-V": "--version",
        "walk -help": "walk --help", "draw -?": "draw --help", "/?": "--help",
    }.items():  # fmt: skip
        assert main(usual.split()) == 0
        text = capsys.readouterr().out
        assert main(line.split()) == 0
        assert capsys.readouterr() == (text, ""), line


def test_a_report_of_a_check_fits(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        "check abs(x) x=0",
        "check log(x) x=1e-300",
        "check tanh(a)*exp(weight_of_the_first_neuron) a=2 weight_of_the_first_neuron=1",
        "check clip(x,-y,y)*gelu(x) x=-1.23456789 y=1.23456789",
    ):
        assert main(line.split()) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80, line
    assert main(["check", "a", "a=1"]) == 0
    assert "1 derivative agrees" in capsys.readouterr().out


def test_what_is_not_used_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "d = a*a; e = d; e + a", "a=1", "c=2", "--dot"]) == 0
    assert mentions(capsys.readouterr().err, "gradwalk: note: c ...")
    assert main(["draw", "d = a*a; a + 1", "a=1", "--dot"]) == 0
    assert mentions(capsys.readouterr().err, "gradwalk: note: d ...")
    assert main(["draw", "2*a; a + 1", "a=1", "--dot", *(f"x{place}=1" for place in range(90))]) == 0
    assert mentions(capsys.readouterr().err, "note: 2*a, x0, ... and 83 more ...")
    assert main(["draw", "a + 1", "a=1", "--dot"]) == 0
    assert capsys.readouterr().err == ""


# What an expression may say


@pytest.mark.parametrize(
    "text",
    [
        *["a.data", "a.__class__", "().__class__", "__import__('os')", "(lambda: a)()", "[a for a in 'b']", "a[0]"],
        *[
            "a if a else b",
            "(a := 2)",
            "a and b",
            "not a",
            "{a}",
            "f'{a}'",
            "'a' * 9",
            "True * a",
            "1 1 * a",
            "a @ b",
        ],
        *["a // b", "a % b", "~a", "a << 2", "a == b", "a < b", "(a < b < 2) * 1", "max(*a)", "max(x=a, y=b)"],
        *["eval('a')", "a\nb", "a; import os", "a, b", "...", "None * a", "exp(exp)", "a = b = c"],
    ],
)
def test_an_expression_that_says_more_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        Expression(text)


@pytest.mark.parametrize("text", ["-" * 900 + "a", "(" * 400 + "a" + ")" * 400, "a" * 5000, "a+" * 499 + "a"])
def test_a_monstrous_expression_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        Expression(text)


TEXTS = st.recursive(
    st.sampled_from(["a", "b", "c_1", "2", "0.5", "((a > b) * 1.5)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", " * "]), inner).map("".join),
        st.tuples(inner, st.sampled_from(["/ 3", "** 2", "- -1"])).map(lambda pair: f"({pair[0]}) {pair[1]}"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"tanh({text})"),
        st.tuples(inner, inner).map(lambda pair: f"max({pair[0]}, {pair[1]})"),
    ),
    max_leaves=12,
)


@given(TEXTS, *[st.floats(-2, 2)] * 3)
def test_an_expression_means_what_it_means_in_python(text: str, a: float, b: float, c_1: float) -> None:
    function, point = Expression(text), {"a": a, "b": b, "c_1": c_1}
    result = function(*(Value(point[name], name) for name in function.variables))
    assert result.data == pytest.approx(eval(text, dict(FLOATS), point), rel=1e-12, abs=1e-12)


def test_steps_name_nodes() -> None:
    function = Expression("e = a*b; d = e + c; d * f;")
    assert function.variables == ("a", "b", "c", "f")
    root = function(*(Value(number) for number in (2.0, -3.0, 10.0, -2.0)))
    assert root.data == -8.0
    assert [arg.label for arg in root.args] == ["d", ""]
    assert root.args[0].args[0].label == "e"


def test_a_step_that_is_a_variable_keeps_its_name() -> None:
    assert Expression("d = a; d")(Value(1.0, "a")).label == "a"


def test_a_number_may_be_an_expression() -> None:
    assert numbers(["a=-1/4", "b=2**0.5", "µ=1e-3"]) == {"a": -0.25, "b": 2**0.5, "μ": 1e-3}


# How it ends


@pytest.mark.parametrize(
    "line", [["walk", *TANH], ["--help"], ["walk", "--help"], ["operations"], ["demo"], ["exercises"]], ids=" ".join
)
def test_a_closed_pipe_is_silent(line: list[str]) -> None:
    with start(*line) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")


@FULL
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "line", [["walk", *TANH], ["check", *TANH], ["draw", *TANH, "--dot"], ["--help"], ["walk", "--help"], ["demo"],
             ["operations"], ["exercises"], ["doctor"]], ids=" ".join
)  # fmt: skip
def test_a_full_disk_is_a_sentence(line: list[str], unbuffered: str) -> None:
    command = [sys.executable, "-m", "demos.cli", *line]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert done.stderr.count("\n") == 1
        silent = subprocess.run(command, env=environment, stdout=full, stderr=full, check=False)
        assert silent.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")
@pytest.mark.parametrize(
    ("closed", "code", "out", "err"),
    [
        ("walk a*b a=2 b=3 >&-", 1, "", "no output"),
        ("walk a*b a=2 2>&-", 2, "", ""),
        ("walk a*b a=2 b=3 2>&-", 0, "done", ""),
        ("walk a*b a=2 b=3 --step <&-", 0, "Left at step 0", ""),
        ("draw a*b a=2 b=3 <&-", 0, "saved", ""),
        ("operations >&- 2>&-", 1, "", ""),
    ],
)
def test_a_closed_stream_is_no_traceback(closed: str, code: int, out: str, err: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = f"{shlex.quote(sys.executable)} -m demos.cli {closed}"
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert out in done.stdout
    assert err in done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(err)


@pytest.mark.skipif(sys.platform == "win32", reason="no locale of that kind")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("expression", ["tanh(a·b² + c)", "√2a·b·c"])
def test_a_locale_without_letters_and_no_home(command: str, expression: str) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "demos.cli", command, expression, *TANH[1:]]
    done = subprocess.run(words, env={**environment, "PATH": os.defpath}, capture_output=True, check=False)
    understood = "√" not in expression
    assert done.returncode == (0 if understood else 2), done.stderr
    assert done.stdout.isascii()
    assert done.stderr == b"" if understood else b"'sqrt 2a*b*c'" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_an_interrupt_is_no_traceback() -> None:
    script = (
        "import sys, os, signal; import engine.command as m; from demos.cli.command import main;"
        "m.COMMANDS['walk'] = lambda *_: os.kill(os.getpid(), signal.SIGINT); sys.exit(main())"
    )
    command = [sys.executable, "-c", script, "walk", "a", "a=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_console_without_the_signs_prints_others(command: str) -> None:
    options = ["--dot"] if command == "draw" else []
    out, err = start(command, *TANH, *options, PYTHONIOENCODING="ascii").communicate(timeout=60)
    assert "tanh" in out
    assert not err


# Help


@pytest.mark.parametrize("name", ["", *BY_NAME])
@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_fits_and_has_examples(
    name: str, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main([name, "--help"] if name else ["--help"]) == 0
    text, examples, shown = capsys.readouterr().out.partition("examples:\n")
    assert examples
    assert max(map(len, shown.splitlines())) <= 80  # a command is not broken
    usage, _, text = text.partition("\n\n")
    assert max(map(len, usage.splitlines())) <= (60 if columns == "40" else 80)  # argparse wants room for a word
    assert max(map(len, text.splitlines())) <= min(int(columns), 80)
    commands = re.findall(r"^  (gradwalk .*)", shown, flags=re.MULTILINE)
    assert len(commands) == len(re.findall(r"^  gradwalk .*\n      \w", shown, flags=re.MULTILINE)) > 0
    assert all(command.startswith(f"gradwalk {name}".rstrip()) for command in commands)
    if not name:
        assert [row for row in BY_NAME if re.search(rf"^  {row}\s+\w", text, flags=re.MULTILINE)] == [*BY_NAME]


def every_parser(parser: ArgumentParser) -> Iterable[ArgumentParser]:
    """A parser, and those of its subcommands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for each in action.choices.values():
                yield from every_parser(each)


@pytest.mark.parametrize("columns", [80, 40])
def test_the_help_of_every_subcommand_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    parsers = [*every_parser(cli.whole_parser(load=True))]
    assert len(parsers) > len(BY_NAME) + 5  # the classroom's own subcommands, too
    for parser in parsers:
        usage, _, text = parser.format_help().partition("\n\n")
        to_copy = re.findall(r"^  gradwalk .*", text, flags=re.MULTILINE)  # a command is not broken
        rest = [line for line in text.splitlines() if line not in to_copy]
        assert max(map(len, rest)) <= columns, parser.prog
        assert max(map(len, [*to_copy, *usage.splitlines()])) <= 80, parser.prog


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize(
    "line",
    [
        "walk", "walk a*b",
        "walk 1/2x x=1", "walk 'sin 2x' x=1", "walk a a=2,5", "draw a a=1 --step", "check 'log(a)' a=0",
        "walk a a=1 --out a.jpg", "walk a a=1 --out no/a.html", "run", "wlak", "--frob", "doctor now", "completion",
        "tour", "ex05", "demo tuor", "labs 7", "grade --format xml", "walk 'd=a; d' d=1", "walk 'max(a;0,5)' a=1",
        "walk abc a=1 b=2 c=3",
    ],
)  # fmt: skip
def test_an_error_fits(
    line: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(shlex.split(line)) in (1, 2)
    printed = capsys.readouterr()
    assert not printed.out
    assert max(map(len, printed.err.splitlines())) <= columns
    assert "Traceback" not in printed.err


EXAMPLES = [example for row in cli.COMMANDS for example, _ in row.examples]
ELSEWHERE = {"demo tour", "labs dead_relu", "demo one_weight --show"}  # tests of these folders run every script
ELSEWHERE |= {
    example for example in EXAMPLES if example.startswith("classroom")
}  # test_classroom.py builds and serves
STATUS = {"exercises check ex05": 1}  # it is not begun
UNTRIED = {"exercises check", "exercises solution"}  # nor is ex01


def test_every_example_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("quit\n"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "submissions" / "ada").mkdir(parents=True)
    (tmp_path / "submissions" / "ada" / "ex01_nudge.py").write_text("def slope(f, x):\n    return 0.0\n")
    monkeypatch.setattr(doctor, "LIBRARIES", doctor.LIBRARIES[:1])
    for example in EXAMPLES:
        if example in ELSEWHERE or (example.startswith("completion") and not find_spec("shtab")):
            continue
        words = shlex.split(example.partition(" >")[0])
        assert main(words) == STATUS.get(example, 0), (example, capsys.readouterr().err)
        assert capsys.readouterr().out or "--output" in words, example


def test_help_comes_at_once_for_it_loads_no_command() -> None:
    script = (
        "import sys; from demos.cli.command import main; main(['--help']);"
        "import time; print(time.process_time(), *sys.modules)"
    )

    def asked() -> tuple[float, list[str]]:
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        seconds, *modules = done.stdout.splitlines()[-1].split()
        return float(seconds), modules

    runs = [asked() for _ in range(5)]
    assert min(seconds for seconds, _ in runs) < 0.2
    assert not {"engine", "nn", "numpy", "demos.exercises"} & {*runs[0][1]}


# What is typed before TAB, and the words that stand on the line after it.
COMPLETED = {
    "exer": "exercises",
    "wa": "walk",
    "walk --st": "walk --step",
    "draw --h": "draw --he",  # --help or --heat
    "draw --hea": "draw --heat",
    "walk 2a a=3 --out gra": "walk 2a a=3 --out grades.csv",
    "labs dea": "labs dead_relu",
    "exercises sol": "exercises solution",
    "exercises check ex1": "exercises check ex1",  # ex10 to ex18
    "exercises hint ex05": "exercises hint ex05",
    "grade --format js": "grade --format json",
    "grade submi": "grade submissions",
    "grade --output gra": "grade --output grades.csv",
    "completion fi": "completion fish",
}
LOAD = {
    "bash": "source ./script; bind 'set bell-style none'",
    "zsh": "mkdir z; mv script z/_gradwalk; fpath=(z $fpath); autoload -Uz compinit; compinit -u -D",
}


def typed_in(shell: str, folder: Path) -> dict[str, str]:
    """What a shell at a terminal makes of each line when TAB is pressed; the command prints what it was given."""
    pexpect = pytest.importorskip("pexpect", reason="needs pexpect: pip install '.[test]'")
    quiet = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[shell]
    settings = {**os.environ, "TERM": "xterm", "PS1": "", "HOME": str(folder), "INPUTRC": os.devnull}
    terminal = pexpect.spawn(
        shutil.which(shell), quiet, cwd=str(folder), env=settings, encoding="utf-8", timeout=20, dimensions=(30, 200)
    )
    lines = {}
    terminal.sendline(LOAD[shell])
    terminal.sendline('gradwalk() { echo "<$*>"; }; echo rea""dy')
    terminal.expect("ready")
    for typed in COMPLETED:
        terminal.send(f"gradwalk {typed}\t")
        for _ in range(20):  # what is typed while a shell completes may be lost
            time.sleep(0.2)
            terminal.send("\r")
            if terminal.expect([r"<([^$>]*)>", pexpect.TIMEOUT], timeout=1) == 0:
                break
        lines[typed] = terminal.match[1].rstrip("/ ")
    terminal.close(force=True)
    return lines


def offered_by_fish(folder: Path) -> dict[str, str]:
    """What fish completes each line to: what all its offers begin with."""
    lines = {}
    for typed in COMPLETED:
        ask = ["fish", "--no-config", "-c", f"source ./script; complete -C 'gradwalk {typed}'"]
        done = subprocess.run(ask, cwd=folder, capture_output=True, text=True, check=False)
        offers = [line.split("\t")[0] for line in done.stdout.splitlines()]
        lines[typed] = " ".join([*typed.split()[:-1], os.path.commonprefix(offers).rstrip("/")])  # noqa: RUF071 - letter by letter
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("start", ["installed", "module"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_what_they_take(
    shell: str, start: str, tmp_path: Path, installed: Path
) -> None:
    pytest.importorskip("shtab", reason="completion needs shtab")
    if not shutil.which(shell):
        pytest.skip(f"no {shell} to ask")
    command = [installed] if start == "installed" else ["-m", "demos.cli"]
    made = ran(tmp_path, *command, "completion", shell, PYTHONPATH=os.pathsep.join([str(ROOT), *sys.path]))
    assert (made.returncode, made.stderr) == (0, "")
    (tmp_path / "script").write_text(made.stdout, encoding="utf-8")
    (tmp_path / "submissions").mkdir()
    (tmp_path / "grades.csv").touch()
    assert (offered_by_fish(tmp_path) if shell == "fish" else typed_in(shell, tmp_path)) == COMPLETED


def test_completion_without_its_package_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert install_command("completion") in capsys.readouterr().err


# Beside a student's own engine.py, nn.py and demos/

THEIRS = "import sys; sys.exit('a file of the student was run: ' + __file__)\n"
LINES = {
    "walk": ["walk", *TANH],
    "draw": ["draw", *TANH, "--svg", "a.svg"],
    "check": ["check", *TANH],
    "exercises": ["exercises", "check", "ex04"],
    "classroom": ["classroom", "--help"],
    "labs": ["labs", "assign"],
    "demo": ["demo", "one_weight"],
    "grade": ["grade", "exercises", "--exercise", "zero_grad"],
    "operations": ["operations"],
    "doctor": ["doctor"],
    "completion": ["completion", "bash"],
}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A student's folder, with files of the same names as our packages and one of Python's."""
    (tmp_path / "demos").mkdir()
    for name in "engine.py", "nn.py", "random.py", "demos/__init__.py":
        (tmp_path / name).write_text(THEIRS, encoding="utf-8")
    answers = tmp_path / "exercises"
    answers.mkdir()
    for name in "local_derivatives", "zero_grad":  # the second imports the engine
        (answers / exercise(name).file).write_text(exercise(name).solution, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `gradwalk` as an installer writes it: Python puts its folder first, not the current one."""
    script = tmp_path_factory.mktemp("bin") / "gradwalk"
    paths = [str(ROOT), *(path for path in sys.path if path and Path(path).name == "site-packages")]
    shtab = find_spec("shtab")
    paths += [str(Path(shtab.origin).parents[1])] if shtab and shtab.origin else []
    script.write_text(
        f"import sys\nsys.path += {paths!r}\nfrom demos.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    return script


def ran(folder: Path, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """What Python does in a folder, without the settings of whoever runs the tests."""
    settings = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "COLUMNS")}
    settings |= {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **environment}
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False)


def subcommands(parser: ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield each subcommand that the parser knows, and the words of those that have some."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, inner in action.choices.items():
                yield (*before, name)
                yield from subcommands(inner, (*before, name))


SUBCOMMANDS = [*subcommands(cli.whole_parser(load=True))]
ONE_AFTER_ANOTHER = """
import shlex, sys
sys.path += {paths!r}
from demos.cli.command import main
for line in sys.argv[1:]:
    print("$", line, flush=True)
    print("status", main(shlex.split(line)), flush=True)
"""


def test_a_line_for_each_command() -> None:
    assert [*LINES] == [*BY_NAME] == [words[0] for words in SUBCOMMANDS if len(words) == 1]
    assert len(SUBCOMMANDS) > 15


@pytest.mark.parametrize("name", BY_NAME)
def test_each_word_that_the_parser_knows_works_beside_a_students_files(
    name: str, theirs: Path, installed: Path
) -> None:
    """The examples of a command, then each of its words, and the help of all: one after another, in one process."""
    words = [path for path in SUBCOMMANDS if path[0] == name]
    lines = [example.partition(" >")[0] for example, _ in BY_NAME[name].examples if example not in ELSEWHERE]
    if name == "exercises":
        lines += [" ".join(path) for path in words if path[1:] and path[1] not in ("watch", "grade")]
        lines += ["exercises grade exercises --exercise zero_grad"]
    if name == "grade":
        (theirs / "exercises").rename(theirs / "submissions")
        lines = [f"{line} --exercise zero_grad" for line in lines]
    if name == "doctor" or (name == "completion" and not find_spec("shtab")):
        lines = []  # the test before has asked the doctor, who takes seconds
    if name == "classroom":
        lines = []  # building it takes a minute, and serving it does not end: tests/test_classroom.py does both
    lines += [" ".join((*path, "--help")) for path in words]
    paths = re.findall(r"sys.path \+= (\[.*\])", installed.read_text(encoding="utf-8"))[0]
    script = installed.parent / "one_after_another"
    script.write_text(ONE_AFTER_ANOTHER.replace("{paths!r}", paths), encoding="utf-8")
    done = ran(theirs, script, *lines)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert "a file of the student was run" not in said
    assert "Traceback" not in said
    statuses = dict(zip(lines, re.findall(r"^status (\d+)$", done.stdout, re.MULTILINE), strict=True))
    assert {line for line, status in statuses.items() if status != "0"} <= {"exercises check ex05", *UNTRIED}, said


@pytest.mark.parametrize(("name", "encoding"), [("walk", "utf-8"), *((name, "ascii") for name in LINES)])
def test_every_command_works_beside_a_students_files(name: str, encoding: str, theirs: Path, installed: Path) -> None:
    if name == "completion" and not find_spec("shtab"):
        pytest.skip("completion needs shtab")
    done = ran(theirs, installed, *LINES[name], PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a file of the student was run" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout


@pytest.mark.parametrize("name", ["walk", "exercises", "grade", "demo", "labs"])
def test_a_path_that_leads_to_a_students_files_hides_nothing_of_ours(
    name: str, theirs: Path, installed: Path
) -> None:
    (theirs / "demos" / "__init__.py").unlink()
    (theirs / "random.py").unlink()
    done = ran(theirs, installed, *LINES[name], PYTHONPATH=str(theirs))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a file of the student was run" not in done.stdout + done.stderr


@pytest.mark.parametrize("module", ["demos", "demos.exercises", "demos.labs", "demos.one_weight", "demos.cli"])
def test_modules_of_ours_run_beside_a_students_files(module: str, theirs: Path) -> None:
    (theirs / "demos" / "__init__.py").unlink()  # a folder that is no package hides nothing
    done = ran(theirs, "-m", module, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a file of the student was run" not in done.stdout + done.stderr
    if module in ("demos.exercises", "demos.labs", "demos.cli"):
        assert f"python -m {module}" in done.stdout


@pytest.mark.parametrize(
    ("file", "statement", "words"),
    [
        ("engine.py", "from nn import MLP", ["nn needs", "engine", "my_engine.py"]),
        ("engine/__init__.py", "from nn import MLP", ["nn needs", "the folder", "my_engine"]),
        ("engine.py", "import nn.losses", ["nn needs", "my_engine.py"]),
        ("nn.py", "from nn import MLP", ["MLP"]),  # Python's own words: none of our files is run
        ("engine.py", "from engine import Value", ["Value"]),
        ("engine.py", "from demos.exercises import check; check('ex04')", ["check needs", "my_engine.py"]),
        ("nn.py", "from demos.exercises import check; check('ex04')", ["check needs", "my_nn.py"]),
        (
            "nn/__init__.py",
            "from demos.exercises import check; check('ex04')",
            ["check needs", "the folder", "my_nn"],
        ),
    ],
)
def test_an_import_says_which_file_hides_what(file: str, statement: str, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("data = 1.0\n", encoding="utf-8")
    done = ran(tmp_path, "-c", statement, PYTHONPATH=str(ROOT))
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith("ImportError: ")
    assert str(path if "__init__" not in file or "folder" not in words[1] else path.parent) in last
    assert all(word in last for word in words), last


def test_a_students_file_that_is_imported_already_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_text("data = 1.0\n", encoding="utf-8")
    script = "import engine, sys; sys.path[0] = '/nowhere'; import nn"
    done = ran(tmp_path, "-c", script, PYTHONPATH=str(ROOT))
    assert str(tmp_path / "engine.py") in done.stderr.splitlines()[-1]


def test_a_folder_without_init_hides_nothing(tmp_path: Path) -> None:
    for name in "engine", "nn", "demos":
        (tmp_path / name).mkdir()
    done = ran(tmp_path, "-c", "from nn import MLP; from demos.exercises import check", PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")


# doctor


def rows(lines: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    return list(lines)


def test_doctor_names_what_hides_what(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(theirs)
    monkeypatch.setenv("PYTHONPATH", "")
    found = rows(doctor.hidden())
    assert not any(fails for *_, fails in found)
    for name, remedy in ("engine.py", "my_engine.py"), ("nn.py", "my_nn.py"), ("random.py", "my_random.py"):
        assert any(str(theirs / name) in text and remedy in text for _, text, _ in found), name
    assert any(str(theirs / "demos") in text and "Rename the folder" in text for _, text, _ in found)
    assert len(found) == 4
    monkeypatch.setenv("PYTHONPATH", str(theirs))
    monkeypatch.chdir(theirs / "exercises")
    assert len(rows(doctor.hidden())) == 4
    assert all("PYTHONPATH" in text for _, text, _ in rows(doctor.hidden()))


def test_doctor_finds_nothing_where_nothing_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "")
    (tmp_path / "engine").mkdir()
    (tmp_path / "mine.py").touch()
    for folder in tmp_path, ROOT:
        monkeypatch.chdir(folder)
        ((label, text, fails),) = doctor.hidden()
        assert (label, fails) == ("Hidden", False)
        assert text.startswith("nothing")


def test_doctor_knows_another_copy_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "")
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "gradwalk"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "another copy" in rows(doctor.hidden())[0][1]


def test_doctor_tells_which_graphviz_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    ((label, text, fails), *_) = doctor.graphviz()
    assert (label, fails) == ("Graphviz", False)
    assert programs()[0] in text
    assert re.search(r"version \d", text)
    monkeypatch.setattr(sys.modules["engine.draw.render"], "programs", list)
    ((label, text, fails),) = doctor.graphviz()
    assert not fails  # small graphs are laid out plainly
    assert mentions(text, "no layout program ... small graphs ... pip install")


def test_doctor_tells_devices_what_is_missing_and_what_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numpy, jax, torch = doctor.LIBRARIES
    if find_spec("numpy"):
        text, fails = doctor.array_library(numpy)
        assert not fails
        assert re.match(r"\d+\.\d+.* on the processor", text)
    text, fails = doctor.array_library(jax._replace(name="no_such_library"))
    assert not fails
    assert install_command("jax") in text
    (tmp_path / "broken_library.py").write_text("raise OSError('libcudart.so is not there')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    text, fails = doctor.array_library(torch._replace(name="broken_library"))
    assert fails
    assert "libcudart.so" in text
    assert install_command("torch") in text


def test_doctor_tells_extras_that_exist() -> None:
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package in doctor.PACKAGES:
        assert re.search(rf"^{package.extra} = ", metadata, flags=re.MULTILINE)
    missing = doctor.PACKAGES[0]._replace(name="no-such-package")
    assert install_command(missing.extra) in doctor.optional(missing)
