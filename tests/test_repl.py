"""The walk's REPL: as it is typed at a terminal, and as a script feeds it."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest
from wording import mentions

from engine.terminal import columns
from engine.walk.repl import COMMAND_OF, PROMPT_COMMANDS, Repl

ROOT = Path(__file__).parent.parent
NEURON = """
from engine import Value, label_all, walk
x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
n = (x1 * w1 + x2 * w2 + b).tanh()
label_all(locals())
walk(n).repl()
print("grads", x1.grad, w1.grad, n.grad)
"""


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **more}


class Piped(io.TextIOWrapper):
    """A stream that is not a terminal, of an encoding."""

    def __init__(self, encoding: str, text: str = "") -> None:
        super().__init__(io.BytesIO(text.encode()), encoding, newline="\n", write_through=True)


def scripted(*lines: str, program: str = NEURON, cwd: Path = ROOT, **more: str) -> str:
    """What the REPL prints when lines are fed to it, in this process."""
    settings = environment(**more)
    typed = Piped(settings["PYTHONIOENCODING"], "".join(f"{line}\n" for line in lines))
    out = Piped(settings["PYTHONIOENCODING"])
    before = Path.cwd()
    os.chdir(cwd)
    try:
        with (
            patch.dict(os.environ, settings, clear=True),
            patch.object(sys, "stdin", typed),
            redirect_stdout(out),
        ):
            exec(program, {})
    finally:
        os.chdir(before)
    return out.buffer.getvalue().decode(settings["PYTHONIOENCODING"])  # type: ignore[attr-defined]


def piped(*lines: str, program: str = NEURON, cwd: Path = ROOT, **more: str) -> str:
    """What the REPL prints when lines are fed to it through a pipe, as a process of its own."""
    typed = "".join(f"{line}\n" for line in lines)
    command = [sys.executable, "-c", program]
    encoding = more.get("PYTHONIOENCODING", "utf-8")
    done = subprocess.run(
        command, input=typed.encode(), capture_output=True, cwd=cwd, env=environment(**more), timeout=60, check=False
    )
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout.decode(encoding).replace("\r\n", "\n")


# As a script


def test_the_end_of_the_input_leaves_with_the_gradients_shown() -> None:
    said = piped("goto 14")
    assert "x1.grad     0.0 → -1.503" in said
    assert mentions(said, "14/15> \nLeft at step 14 of 15: ... n.backward() ... n.zero_grad()")
    assert said.endswith("grads -1.5029152313085248 0.0 1.0\n")
    assert "step 0 of 15, before any gradient" in " ".join(scripted().split())


def test_every_word_and_every_key_is_understood(tmp_path: Path) -> None:
    for word in COMMAND_OF:
        said = scripted("n", word, "q", "q", cwd=tmp_path)  # draw saves a file
        assert "is not a word" not in said, word
        assert "Traceback" not in said, word
    assert all(
        hasattr(Repl, f"_{command.words.split()[0]}") for command in PROMPT_COMMANDS if command.words[:4] != "quit"
    )
    assert len(COMMAND_OF) == sum(len(command.words.split()) for command in PROMPT_COMMANDS)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("nxt", "nxt ... did you mean next?"),
        ("perdict 5", "perdict ... did you mean predict?"),
        ("GOTO 99", "'99' ... 0 to 15 ... 'forward 2'"),
        ("goto", "'' ... 0 to 15"),
        ("xyzzy", "xyzzy ... help"),
        ("7", "predict 7 ... goto 7"),
        ("x1", "node x1"),
        ("node xx1", "'xx1' ... x1."),
        ("node", "'' ... x1"),
        ("back", "start: next"),
        ("why", "yet: next"),
        ("run away", "run takes nothing"),
        ("next neuron", "'edge' ... 'node' ... 'neuron'"),
        ("predict six", "'six' ... 1/3"),
        ("forward 2", "forward is not a word"),
        ("\x1b[A", "\\x1b[A is not a word"),
        ("é🙂" * 50, "é🙂é🙂é🙂"),
    ],
)
def test_what_is_typed_wrong_is_answered_and_costs_nothing(typed: str, answer: str) -> None:
    quiet, said = (" ".join(scripted(*lines).split()) for lines in (("q",), (typed, "q")))
    before, after = quiet.split("0/15> q")
    own = said.removeprefix(before).removesuffix(f"0/15> q{after}")  # what this line gave, and nothing else changed
    assert own != said
    assert mentions(own.partition("> ")[2].removeprefix(typed), answer)


def test_predicting_goes_on_until_it_is_right_or_given_up_or_left_for_another_word() -> None:
    said = scripted("p", "5", "x", "", "p 5", "0", "p", "n", "p", "q")
    assert said.count("press Enter") == 2
    assert "'x' is not a number" in said
    assert re.findall(r"^(?:forward|backward) \d+", said, re.MULTILINE) == ["forward 1", "forward 2", "forward 3"]
    assert "Left at step 3" in said


def test_next_by_node_run_list_and_goto() -> None:
    said = scripted("next node", "goto seed", "next node", "next node", "back node", "list", "run")
    assert "Undone: backward 4/10. b.grad is 0.0 again.\nUndone: backward 3/10. v3.grad is 0.0 again." in said
    assert ">    7  backward 2/10  v4.grad  0.0 → 0.501  from n\n" in said
    assert "     6  backward 1/10  n.grad  0.0 → 1.0  the seed\n" in said
    assert "     4  forward 4/5  v4 = v3 + b = 0.88\n" in said
    assert "  backward 9/10  x1.grad  0.0 → -1.503  from v1\nbackward 10/10   node v1 = x1 * w1\n" in said
    assert said.endswith("grads -1.5029152313085248 1.0019434875390165 1.0\n")


def test_help_tells_every_word_and_every_term() -> None:
    said = scripted("help")
    for command in PROMPT_COMMANDS:
        assert f"  {command.words} {command.takes}".rstrip() in said
    for term in "gradient", "upstream", "local", "chain rule", "+=":
        assert f"  {term} " in said


def test_a_pass_that_cannot_go_on_says_why_and_keeps_talking() -> None:
    program = "from engine import Value, walk; x = Value(0.0, 'x'); walk(x.sqrt() * 2.0).repl(); print(x.grad)"
    said = scripted("run", "next", "predict", "list", "q", program=program)
    assert said.count("at p = 0.0") == 3
    assert "Left at step 4 of 4:" in said
    assert ".backward()" not in said.partition("Left at")[2]  # it would fail as this walk did
    halfway = scripted(
        "goto 3", "q", program="from engine import Value, walk; walk(Value(2.0, 'x').sqrt() * 2.0).repl()"
    )
    assert ".backward()" in halfway.partition("Left at")[2]
    assert "the end" not in said
    assert said.endswith("0.0\n")


def test_without_the_signs_and_without_a_terminal_it_is_plain_ascii() -> None:
    said = piped("run", "why", "help", "p", PYTHONIOENCODING="ascii")
    assert said.isascii()
    assert "upstream * local = 0.501 * 2.0 = 1.002" in said
    assert "w1.grad     0.0 -> 1.002" in said
    assert "\033" not in scripted("run", "why", "help")


def test_a_label_that_the_encoding_lacks_is_spelled_out() -> None:
    program = "from engine import Value, walk; walk(Value(1.0, 'größe') * Value(2.0, '\\x1b[31m🙂')).repl()"
    said = scripted("run", "why", "list", "node größe", program=program, PYTHONIOENCODING="ascii")
    assert "gr\\xf6\\xdfe" in said
    assert "\\x1b[31m\\U0001f642" in said
    assert "\x1b" not in said


def test_a_narrow_page_is_kept_to() -> None:
    for wide in 40, 60:
        said = scripted("run", "why", "help", "list", "goto 99", "p", "back", "p", COLUMNS=str(wide))
        typed = re.compile(r"^(\d+/15|your number)> .*$", re.MULTILINE)
        assert max(map(columns, typed.sub("", said).split("\n"))) <= wide
    assert max(map(columns, scripted("run", "help", COLUMNS="20").split("\ngrads")[0].split("\n"))) <= 40


def test_draw_saves_a_picture_and_tells_where(tmp_path: Path) -> None:
    said = scripted("goto 15", "draw", "draw here.svg", "draw picture.xyz", "draw no/such/folder/x.svg", cwd=tmp_path)
    assert "n-step-15.svg" in said
    picture = (tmp_path / "n-step-15.svg").read_text(encoding="utf-8")
    assert "<svg" in picture
    assert picture == (tmp_path / "here.svg").read_text(encoding="utf-8")
    assert "15/15> draw picture.xyz\n15/15>" not in said  # each refusal is explained
    assert "15/15> draw no/such/folder/x.svg\n15/15>" not in said
    assert "#b34700" in picture.lower()  # the color of a highlighted edge


def test_a_walk_that_is_under_way_goes_on_from_there() -> None:
    program = "from engine import Value, walk; x = Value(2.0, 'x'); w = walk(x * x); w.goto(3); w.repl(); print(w.at)"
    said = scripted("next", program=program)
    assert "backward 2/3   node v1 = x * x\n" in said
    assert "an earlier backward()" not in said  # x.grad is 2.0 by now, but by this walk
    assert said.endswith("\n4\n")


BEFORE = """
from engine import Value, walk
x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
h = (w * x + b).tanh()
h.label = "h"
{}
steps.repl()
print("shown", f"{{w.grad:.4g}} {{b.grad:.4g}}")
h.backward()
print("after", f"{{w.grad:.4g}} {{b.grad:.4g}}")
"""
PASSED = "w.grad = 1.573, x.grad = -2.359, b.grad = 0.7864: ... h.backward()"


@pytest.mark.parametrize(
    ("setup", "typed", "told", "shown", "after"),
    [
        (
            "steps = walk(h)",
            "run",
            [PASSED, "Left at the end: ... h.backward()"],
            "1.573 0.7864",
            1,
        ),
        (
            "h.backward(); h.backward(); steps = walk(h)",
            "run",
            [f"{PASSED} ... after h.zero_grad(). ... Left ... h.backward() ... after h.zero_grad()."],
            "1.573 0.7864",
            3,
        ),
        (
            "h.backward(); steps = walk(h, accumulate=True)",
            "run",
            ["w.grad = 3.146 ... h.backward() ... on top of ... Left ... on top of"],
            "3.146 1.573",
            2,
        ),
        (
            "steps = walk(h); steps.goto(7); h.backward()",
            "run",
            [f"{PASSED} ... after h.zero_grad()."],
            "1.573 0.7864",
            2,
        ),
        (
            "h.backward(); steps = walk(h)",
            "goto 8",
            ["w.grad 0.0 → 1.573", "Left at step 8 of 9:"],
            "1.573 0.7864",
            2,
        ),
        ("steps = walk(h)", "goto 3", ["step 3 of 9, before any gradient"], "0 0", 1),
        ("h.backward(); steps = walk(h)", "goto 3", ["step 3 of 9, before any gradient"], "0 0", 2),
        (
            "h.backward(); steps = walk(h)",
            "next\nback",
            [
                "Undone: forward 1/3. ... before this walk",
                "step 0 of 9: ... before this walk",
            ],
            "1.573 0.7864",
            2,
        ),
        ("steps = walk(h)", "next\nback", ["Undone: forward 1/3. A walk", "of 9, before any gradient"], "0 0", 1),
        ("w.grad = 5.0; steps = walk(w)", "next\nback", ["Undone: backward 1/1. w.grad is 5.0 again."], "5 0", 0),
    ],
)
def test_what_is_told_of_the_gradients_is_true_whatever_was_there_before(
    setup: str, typed: str, told: list[str], shown: str, after: int
) -> None:
    said = scripted(typed, program=BEFORE.format(setup))
    flat = " ".join(said.split())
    for sentence in told:
        assert mentions(flat, sentence), sentence
    assert ("after h.zero_grad()" in flat) is any("after h.zero_grad()" in sentence for sentence in told)
    assert ("on top of" in flat) is any("on top of" in sentence for sentence in told)
    assert f"shown {shown}\n" in said
    if after:
        assert said.endswith(f"after {after * 2 * 0.786447733:.4g} {after * 0.786447733:.4g}\n")


# At a terminal


def terminal(program: str = NEURON, columns: int = 80, **more: str):  # type: ignore[no-untyped-def]
    pexpect = pytest.importorskip("pexpect")
    if not hasattr(pexpect, "spawn"):
        pytest.skip("a pseudo-terminal needs a POSIX system")
    child = pexpect.spawn(
        sys.executable, ["-c", program], env=environment(**more), cwd=ROOT, encoding="utf-8", timeout=30,
        dimensions=(30, columns),
    )  # fmt: skip
    child.delaybeforesend = None
    return child


def test_a_session_typed_at_a_terminal() -> None:
    child = terminal()
    child.expect("0/15> ")
    for typed, shown, prompt in [
        ("", "forward 1/5   node v1 = x1 \\* w1", "1/15> "),
        ("next", "forward 2/5", "2/15> "),
        ("b", "Undone: forward 2/5", "1/15> "),
        ("goto forward 5", "tanh\\(0.88\\) = 0.7064", "5/15> "),
        ("p", "It goes into n.grad", "your number> "),
        ("0", "Not 0: whatever n", "your number> "),
        ("1", "Right: n.grad is 1.0", "6/15> "),
        ("n", "dn/dv4 = 1 - n \\* n", "7/15> "),
        ("why", "the rule holds", "7/15> "),
        ("node x1", "x1.grad     0.0 → -1.503", "14/15> "),
        ("r", "the end", "15/15> "),
    ]:
        child.sendline(typed)
        child.expect(shown)
        child.expect(prompt)
    child.sendline("quit")
    child.expect("Left at the end: .*n.backward\\(\\)")
    child.expect("grads -1.5029")
    child.expect("\r\n")
    child.wait()
    assert child.exitstatus == 0


@pytest.mark.parametrize("leave", ["sendintr", "sendeof"])
def test_leaving_by_key_is_clean(leave: str) -> None:
    child = terminal()
    child.expect("0/15> ")
    child.sendline("goto 14")
    child.expect("14/15> ")
    getattr(child, leave)()
    child.expect("Left at step 14 of 15:")
    child.expect("grads -1.5029152313085248 0.0 1.0")
    child.wait()
    assert child.exitstatus == 0
    assert "Traceback" not in child.before


def test_ctrl_c_in_the_middle_of_a_long_run_leaves_whole_steps() -> None:
    program = """
from engine import Value, walk
x = node = Value(1.0, "x")
for _ in range(80_000):
    node = node + 1.0
w = walk(node)
w.trace.named
w.goto("seed")
w.repl()
order = [step.target for step in w[80_000:w.at]]
print("whole", all(n.grad == 1.0 for n in order) and w.at and (w.at == len(w) or w[w.at].target.grad == 0.0))
"""
    child = terminal(program)
    child.expect("80001/160001> ")
    child.sendline("run")
    child.expect("run\r\n")
    import time

    time.sleep(0.1)
    child.sendintr()
    child.expect("Left at ")
    child.expect("whole True")
    child.wait()
    assert child.exitstatus == 0


@pytest.mark.parametrize(
    ("more", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)]
)
def test_color_is_for_terminals_that_want_it(more: dict[str, str], colored: bool) -> None:
    child = terminal(**more)
    child.expect("0/15> ")
    child.sendline("n")
    child.expect("1/15> ")
    assert ("\033[1;38;5;32mforward 1/5" in child.before) is colored
    child.sendline("goto seed")
    child.expect("6/15> ")
    assert ("\033[1;38;5;166mbackward 1/10" in child.before) is colored
    child.close()


def test_a_narrow_terminal_is_kept_to() -> None:
    child = terminal(columns=44, NO_COLOR="1")
    child.expect("0/15> ")
    shown = child.before
    for typed, prompt in ("run", "15/15> "), ("why", "15/15> "), ("help", "15/15> "):
        child.sendline(typed)
        child.expect(prompt)
        shown += child.before
    lines = shown.replace("\r", "").split("\n")
    assert 40 < max(map(columns, lines)) <= 44
    child.close()
