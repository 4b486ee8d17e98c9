"""The command line as a student uses it: what it prints, what it says of mistakes, and how it ends."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from engine import Value
from engine.__main__ import COMMANDS, main
from engine.errors import FormulaError
from engine.expression import Expression, numbers
from engine.rules import FLOATS

ROOT = Path(__file__).parents[1]
TANH = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.5"]


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment}
    command, pipe = [sys.executable, "-m", "engine", *arguments], subprocess.PIPE
    return subprocess.Popen(command, env=environment, encoding="utf-8", stdin=pipe, stdout=pipe, stderr=pipe)


# What it prints


def test_walk_prints_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", *TANH]) == 0
    out = capsys.readouterr().out
    for fact in "forward 3/3", "backward 6/6", "a * b", "tanh", "-2.359":
        assert fact in out
    assert max(map(len, out.splitlines())) <= 80


def test_draw_prints_dot(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *TANH]) == 0
    out = capsys.readouterr().out
    assert out.startswith("digraph")
    assert "-2.359" in out  # the gradients are there
    assert main(["draw", *TANH, "--local"]) == 0
    assert len(capsys.readouterr().out) > len(out)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--svg", "--out"])
def test_any_command_saves_the_drawing(
    command: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.svg"
    assert main([command, TANH[0], option, str(path), *TANH[1:]]) == 0
    assert capsys.readouterr().out.endswith(f"saved {path}\n")
    assert "-2.359" in path.read_text(encoding="utf-8")


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
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert not end.value.code
        assert capsys.readouterr().out.startswith("gradwalk " if "--version" in arguments else "usage: gradwalk ")


# What it says of mistakes


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("walk a*b a=2", 2, "b has no value: add b=1.0."),
        ("walk a*b+c b=2", 2, "a and c have no value: add a=1.0 c=1.0."),
        ("walk a a=2 a=3", 2, "a has two values, 2.0 and 3: keep one."),
        ("walk a a=abc", 2, "'abc' is not a number: write one, such as a=2.0 or a=1/3."),
        ("walk a a=b=3", 2, "'b=3' is not a number: write one, such as a=2.0 or a=1/3."),
        ("walk a a=", 2, "'' is not a number: write one, such as a=2.0 or a=1/3."),
        ("walk a a = 2", 2, "'a' gives no value: write a=2.0, no spaces, and the expression in quotes."),
        ("walk a 1a=2", 2, "'1a' cannot name a value: use letters, digits and _, a letter first."),
        ("walk a exp=2", 2, "'exp' cannot name a value: it is an operation."),
        ("walk 2*3", 2, "'2*3' has no variable to differentiate by: write one, such as a, and a=2.0."),
        ("walk ';'", 2, "there is no expression: write one, such as 'a*b + c'."),
        ("walk a^2 a=2", 2, "in 'a^2': write ** for a power, as in a ** 2."),
        ("walk 2a a=2", 2, "'2a' is not a formula: invalid decimal literal. Write it as in 2*a + b/c."),
        ("walk '2(a + 1)' a=2", 2, "in '2(a + 1)': to multiply, write 2 * (...)."),
        ("walk 'a(a + 1)' a=2", 2, "in 'a(a + 1)': there is no operation a; to multiply, write a * (...)."),
        ("walk 'tahn(a)' a=2", 2, "in 'tahn(a)': there is no operation tahn; did you mean tan or tanh?"),
        ("walk exp*a a=2", 2, "in 'exp*a': exp is an operation: write exp(...), or rename yours."),
        ("walk 'max(a)' a=2", 2, "in 'max(a)': max takes 2 arguments, not 1."),
        ("walk 'd=a; d=a*a; d' a=2", 2, "in 'd=a*a': d would have two values. Choose another name for the result."),
        ("walk a=a*2 a=2", 2, "in 'a=a*2': a would have two values. Choose another name for the result."),
        ("walk 'log(a)' a=-1", 1, "log(-1.0): a must be positive, at log(a)."),
        ("walk 'exp(a)' a=1000", 1, "exp(1000.0): the result is too large for a float, at exp(a)."),
        ("walk a/0 a=1", 1, "1.0 / 0.0: y in x / y must be other than zero, at a / 0.0."),
        ("draw a a=1 --svg nowhere/a.svg", 1, "'a.svg' cannot be saved: there is no folder 'nowhere'."),
        (f"walk {'a+' * 499}a a=1", 2, "the expression is too long: name its parts, as in 'd = a*b; d + c'."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(line: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(line)) == code
    printed = capsys.readouterr()
    assert printed.err.startswith(f"gradwalk: {said}")
    assert printed.err.count("\n") == 1
    assert not printed.out


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a.svg"
    folder.mkdir()
    assert main(["draw", "a", "a=1", "--svg", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("gradwalk: 'a.svg' is a folder")


@pytest.mark.parametrize("arguments", [["run", "a", "a=1"], ["walk"], ["walk", "a", "a=1", "--slow"]])
def test_a_wrong_request_points_to_the_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.endswith("; gradwalk --help shows how it is used.\n")


def test_what_is_not_used_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "d = a*a; e = d; e + a", "a=1", "c=2"]) == 0
    assert capsys.readouterr().err == "gradwalk: note: the result does not use c.\n"
    assert main(["draw", "d = a*a; a + 1", "a=1"]) == 0
    assert capsys.readouterr().err == "gradwalk: note: the result does not use d.\n"


# What an expression may say


@pytest.mark.parametrize(
    "text",
    [
        *["a.data", "a.__class__", "().__class__", "__import__('os')", "(lambda: a)()", "[a for a in 'b']", "a[0]"],
        *["a if a else b", "(a := 2)", "a and b", "not a", "{a}", "f'{a}'", "'a' * 9", "True * a", "1j * a", "a @ b"],
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


def test_a_closed_pipe_is_no_error() -> None:
    with start("walk", *TANH) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_an_interrupt_is_no_traceback(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal; import engine.__main__ as m;"
        "m.COMMANDS['walk'] = lambda *_: os.kill(os.getpid(), signal.SIGINT); sys.exit(m.main())"
    )
    command = [sys.executable, "-c", script, "walk", "a", "a=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_console_without_the_signs_prints_others(command: str) -> None:
    out, err = start(command, *TANH, PYTHONIOENCODING="ascii").communicate(timeout=60)
    assert "tanh" in out
    assert not err
