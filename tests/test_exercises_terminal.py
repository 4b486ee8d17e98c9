"""The classroom as it is typed: a course from init to grade in a terminal, and what is said of every mistake."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from wording import mentions

from demos.exercises import commands, console, file_watch
from demos.exercises.course import COURSE, exercise
from demos.exercises.known import wrong_answer

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
NUDGE = "ex01_nudge.py"
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
ENVIRONMENT |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}


def solution(which: str) -> str:
    return exercise(which).solution


# As it is typed, in a terminal of 80 columns


class Terminal:
    """A student's shell: what is typed, and what is said."""

    def __init__(self, folder: Path, columns: int = 80) -> None:
        self.folder, self.size = folder, (24, columns)

    def start(self, typed: str) -> Any:
        pexpect = pytest.importorskip("pexpect", reason="a terminal needs pexpect")
        if sys.platform == "win32":
            pytest.skip("pexpect's terminals are not for Windows")
        words = ["-m", "demos.exercises", *typed.split()]
        size, where = self.size, self.folder
        child = pexpect.spawn(
            sys.executable, words, cwd=where, env=ENVIRONMENT, dimensions=size, encoding="utf-8", timeout=30
        )
        child.delayafterclose = 0  # it is read to its end first
        return child

    def type(self, typed: str, status: int = 0) -> str:
        """What a command says."""
        return ended(self.start(typed), status)


def ended(child: Any, status: int = 0) -> str:
    """What is said until the end, without the marks of color."""
    said = str(child.read())
    child.close()
    assert child.exitstatus == status, said
    return settled(said)


def settled(said: str) -> str:
    return re.sub(r"\033\[[\d;]*m", "", said.replace("\r\n", "\n"))


def wide(said: str, columns: int = 80) -> list[str]:
    return [line for line in said.splitlines() if len(line) > columns]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_an_exercise_from_init_to_reset(terminal: Terminal) -> None:
    file = terminal.folder / "exercises" / NUDGE
    said = [terminal.type("")]
    assert "Now type:\n    python -m demos.exercises init" in said[-1]
    said += [terminal.type("init")]
    assert f"Wrote {len(COURSE)} exercises into the folder exercises: ex01_nudge.py and so on." in said[-1]
    assert sorted(each.name for each in file.parent.iterdir()) == [each.file for each in COURSE]
    said += [terminal.type("list")]
    assert said[-1].count("not begun") == len(COURSE)
    assert f"0 of {len(COURSE)} done." in said[-1]
    said += [terminal.type("next")]
    assert "Exercise 1: a numeric nudge." in said[-1]
    said += [terminal.type("check", 1)]
    assert "not begun" in said[-1]
    said += [terminal.type("solution", 2)]
    assert "Try it yourself first" in said[-1]

    file.write_text(wrong_answer(exercise("ex01"), "one_sided").source, encoding="utf-8")
    said += [terminal.type("check", 1)]
    assert "  mistake     You nudge to one side only." in said[-1]
    assert "begun" in terminal.type("list")
    said += [terminal.type("hint"), terminal.type("hint"), terminal.type("hint"), terminal.type("hint")]
    for rung, text in enumerate(said[-4:], 1):
        assert text.startswith(f"ex01, hint {rung} of 4: ")
    assert "def slope" in said[-1]
    walk = terminal.start("walk")
    walk.expect("fails: slope")
    walk.expect("0/[0-9]+> ")
    walk.sendline("")
    walk.expect("forward 1/")
    walk.sendline("q")
    walk.expect("Left at step 1")

    file.write_text(solution("ex01"), encoding="utf-8")
    said += [terminal.type("check")]
    assert "ex01  A numeric nudge: right!" in said[-1]  # the one that was worked on, not the one after it
    assert "Next is ex02, A gradient by hand:\n    python -m demos.exercises next" in said[-1]
    said += [terminal.type("list")]
    assert f"1 of {len(COURSE)} done." in said[-1]
    said += [terminal.type("solution 1")]
    assert said[-1] == solution("ex01").rstrip() + "\n"
    said += [terminal.type("reset 1")]
    assert "ex01_nudge.backup-1.py" in said[-1]
    assert file.read_text(encoding="utf-8") == exercise("nudge").template
    assert (file.parent / "ex01_nudge.backup-1.py").read_text(encoding="utf-8") == solution("ex01")
    said += [terminal.type("init")]
    assert f"Kept {len(COURSE)} exercises as you left them." in said[-1]
    assert not [line for text in said for line in wide(text)]


@pytest.mark.slow
def test_a_whole_course_watched_and_graded(terminal: Terminal) -> None:
    terminal.type("init")
    for each in COURSE[4:]:
        (terminal.folder / "exercises" / each.file).write_text(each.solution, encoding="utf-8")
    child = terminal.start("watch")
    for each in COURSE[:4]:
        child.expect("next save")
        (terminal.folder / "exercises" / each.file).write_text(each.solution, encoding="utf-8")
        child.expect(re.escape("right!"))
    child.expect(f"all {len(COURSE)} are done")
    ended(child)
    assert f"{len(COURSE)} of {len(COURSE)} done." in terminal.type("list")
    assert str(len(COURSE)) in terminal.type("grade")


def test_ctrl_c_ends_watching_with_a_sentence(terminal: Terminal) -> None:
    terminal.type("init")
    child = terminal.start("watch 4")
    child.expect("Watching exercises/ex04_local_derivatives.py")
    child.expect("next save")
    (terminal.folder / "exercises" / exercise("local_derivatives").file).write_text(
        wrong_answer(exercise("ex04"), "own_factor").source
    )
    child.expect("factor got itself")
    child.expect("next save")
    (terminal.folder / "exercises" / exercise("local_derivatives").file).write_bytes(b"\xff")
    child.expect("is not saved as UTF-8")
    child.expect("next save")
    child.sendintr()
    child.expect("No longer watching")
    ended(child)


def test_ctrl_c_ends_a_check_cleanly(terminal: Terminal) -> None:
    terminal.type("init")
    file = terminal.folder / "exercises" / NUDGE
    file.write_text("while True: pass\n")
    child = terminal.start("check")
    with pytest.raises(__import__("pexpect").TIMEOUT):
        child.expect("never said", timeout=0.8)
    child.sendintr()
    said = ended(child, 130)
    assert "Stopped." in said
    assert "Traceback" not in said
    assert file.read_text() == "while True: pass\n"


def test_color_is_for_terminals_that_want_it(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.type("init")
    (terminal.folder / "exercises" / NUDGE).write_text(solution("ex01"), encoding="utf-8")
    assert "\033[1;32m" in terminal.start("check 1").read()
    monkeypatch.setitem(ENVIRONMENT, "NO_COLOR", "1")
    assert "\033" not in terminal.start("check 1").read()
    piped = subprocess.run(
        [sys.executable, "-m", "demos.exercises", "check", "1"],
        cwd=terminal.folder, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=30, check=False,
    )  # fmt: skip
    assert "right!" in piped.stdout
    assert "\033" not in piped.stdout


def test_all_that_is_said_fits_into_40_columns(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, 40)
    terminal.type("init")
    (tmp_path / "exercises" / NUDGE).write_text(wrong_answer(exercise("ex01"), "one_sided").source, encoding="utf-8")
    for typed, status in ("", 0), ("list", 0), ("check", 1), ("hint", 0), ("nxet", 2), ("check 88", 2):
        said = terminal.type(typed, status)
        assert not [line for line in wide(said, 40) if line[:4] != "    "]


# What is said of mistakes


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def typed(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str]:
    """The exit status, and what is said, on one line."""
    status = console.main(line.split())
    said = capsys.readouterr()
    return status, " ".join((said.out + said.err).split())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("chekc", "chekc ... check?"),
        ("frobnicate", "frobnicate ... gradwalk exercises"),
        ("ex05", "gradwalk exercises check ex05"),
        ("check ruese", "ruese: ... reuse?"),
        ("check 5 6", "check takes [ID] ... 6"),
        ("list 5", "list takes nothing ... 5"),
        ("hint 5 7", "1 to 4 ... 7"),
        ("check --folder", "--folder ... folder"),
        ("check --folder nowhere", "nowhere holds no exercises ... init"),
        ("check --folder=nowhere", "nowhere holds no exercises ... init"),
        ("init file", "file is a file"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    (here / "file").touch()
    console.main(["init"])
    capsys.readouterr()
    status, said = typed(capsys, line)
    assert status == 2
    assert mentions(said, sentence), said


def test_nothing_is_here_at_first(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands.WORDS.keys() - {"init", "drill"}:
        status, said = typed(capsys, command)
        assert status == 2
        assert said.endswith("gradwalk exercises init")


@pytest.mark.parametrize("line", ["help", "--help", "-h", "check --help", ""])
def test_help_helps(here: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    status, said = typed(capsys, line)
    assert status == 0
    assert "your answer" in said


def test_init_adds_what_is_missing_and_writes_over_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"Wrote {len(COURSE)} exercises into the folder mine" in typed(capsys, "init mine")[1]
    (here / "mine" / NUDGE).write_text("my own")
    (here / "mine" / exercise("reuse").file).unlink()
    said = typed(capsys, "init --folder mine")[1]
    assert (
        f"Wrote 1 exercise into the folder mine: ex05_reuse.py. Kept {len(COURSE) - 1} exercises as you left them."
        in said
    )
    assert said.endswith("next --folder mine")
    assert (here / "mine" / NUDGE).read_text() == "my own"


def test_the_folder_is_found_from_within_and_by_name(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.main(["init", "my course"])
    assert typed(capsys, "list")[0] == 2
    assert console.main(["check", "4", "--folder", "my course"]) == 1
    assert console.main(["--folder=my course", "check", "4"]) == 1
    assert console.main(["next", "--folder", "my course"]) == 0
    assert '    gradwalk exercises check --folder "my course"' in capsys.readouterr().out
    monkeypatch.chdir(here / "my course")
    assert typed(capsys, "list")[0] == 0


def test_a_file_that_is_gone_is_a_sentence(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console.main(["init"])
    (here / "exercises" / NUDGE).rename(here / "exercises" / "mine.py")
    for line in "check 1", "walk 1", "solution 1":
        status, said = typed(capsys, line)
        assert status == 2
        assert "ex01_nudge.py is not there: was it renamed or deleted?" in said
    assert "ex01 no file" in typed(capsys, "list")[1]
    assert "Exercise 2" in typed(capsys, "next")[1]
    assert typed(capsys, "reset 1") == (0, f"{Path('exercises', NUDGE)} is as it was at first.")


def test_reset_keeps_every_try(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console.main(["init"])
    file = here / "exercises" / NUDGE
    assert "nothing to reset" in typed(capsys, "reset 1")[1]
    for number, text in enumerate((b"first", b"second", b"no text: \xff"), 1):
        file.write_bytes(text)
        assert f"ex01_nudge.backup-{number}.py" in typed(capsys, "reset 1")[1]
        assert file.with_name(f"ex01_nudge.backup-{number}.py").read_bytes() == text
    file.unlink()
    file.mkdir()
    assert "ex01_nudge.backup-4.py" in typed(capsys, "reset 1")[1]
    assert typed(capsys, "list")[1].count("not begun") == len(COURSE)


def test_a_walk_without_a_failure_is_a_walk_all_the_same(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.main(["init"])
    monkeypatch.setattr("builtins.input", _end)
    assert "input of the check" in typed(capsys, "walk 4")[1]
    (here / "exercises" / exercise("local_derivatives").file).write_text(
        exercise("local_derivatives").template + "\n# and a thought"
    )
    assert "input of the check" in typed(capsys, "walk 4")[1]
    each = exercise("local_derivatives")
    plain = [replace(probe, graph=None) for probe in each.check.probes(Random(0))]
    monkeypatch.setattr(each.check, "probes", lambda rng: plain)
    assert "ex04 has no graph" in typed(capsys, "walk 4")[1]


def _end(_: str = "") -> str:
    raise EOFError


def test_a_fault_of_the_exercises_is_no_traceback(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.main(["init"])
    (here / "exercises" / NUDGE).write_text(solution("ex01"), encoding="utf-8")
    monkeypatch.setattr(exercise("nudge").check, "probes", lambda rng: 1 / 0)
    status, said = typed(capsys, "check 1")
    assert status == 2
    assert "not yours: ZeroDivisionError in" in said


# Watching a file


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, heard = tmp_path / "file.py", []
    path.write_text("a")
    writes = [path.unlink, *(lambda text=text: path.write_text(text) for text in ("w", "wh", "who", "whole"))]
    monkeypatch.setattr(file_watch.time, "sleep", lambda seconds: writes.pop(0)() if writes else None)
    file_watch.watch_file(path, lambda: not heard.append(path.read_text()), heard.append)
    assert heard == ["whole"]


def test_following_acts_on_each_save_and_waits_for_a_file_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, heard = tmp_path / "file.py", []
    path.write_text("a")
    moves: list[Callable[[], Any]] = [*[lambda: None] * 2, path.unlink, lambda: None, lambda: path.write_text("four")]

    def sleep(seconds: float) -> None:
        if heard and moves:
            moves.pop(0)()

    def act() -> bool:
        heard.append(path.read_text())
        return heard[-1] == "four"

    monkeypatch.setattr(file_watch.time, "sleep", sleep)
    monkeypatch.setattr(file_watch.time, "strftime", lambda form: "12.00")
    file_watch.watch_file(path, act, lambda sentence: heard.append(sentence.split(":")[0].strip()))
    assert heard.pop(1).startswith("Waiting")
    assert heard == ["a", f"{path} is gone", "Saved at 12.00.", "four"]
