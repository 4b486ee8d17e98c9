"""Every snippet in the documents runs, and prints what the document says that it prints.

A ```pycon block is a session at Python's prompt. A ```python block that prints is followed by a ```text block of what
it prints. A ```console block has commands after `$ ` and what they print. `...` stands for anything, as in doctest.
The snippets of a document run in order, share their names, and save to the same folder. What follows the walk's own
prompt, `3/9> `, is typed there, and everything must print just as it stands.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "demos").rglob("*.md"))]
DOCUMENTS = [path for path in DOCUMENTS if path.name != "hints.md"]  # an exercise's hints have gaps to fill in
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^(?:\d+/\d+|your number)> ?(.*)", flags=re.MULTILINE)

SESSION = """\
```console
$ gradwalk walk "b*b" b=3 --step
A walk ...
0/4> next
forward 1/1   node v1 = b * b
  ...
1/4> quit
...
```
"""


class Snippet(NamedTuple):
    line: int
    language: str
    text: str
    printed: str  # the ```text block that comes next, if one does


def snippets(document: str) -> list[Snippet]:
    blocks = [*FENCED.finditer(document)]
    printed = [after[2] if after[1] == "text" else "" for after in blocks[1:]] + [""]
    lines = [document.count("\n", 0, block.start()) + 2 for block in blocks]
    return [Snippet(line, block[1], block[2], text) for line, block, text in zip(lines, blocks, printed)]


class Checker(doctest.OutputChecker):
    """Line by line as printed, but for what nobody sees: spaces at the end of a line, and empty lines at the end."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        want, got = (re.sub(r" +$", "", text, flags=re.MULTILINE).rstrip("\n") + "\n" for text in (want, got))
        return super().check_output(want, got, optionflags)


def compared(what: str, expected: str, got: str) -> list[str]:
    if Checker().check_output(expected, got, doctest.ELLIPSIS):
        return []
    return [f"{what}\nthe document says:\n{expected}\nit prints:\n{got}"]


def typed(text: str) -> str:
    """What a document shows as typed at the walk's prompt."""
    return "".join(f"{line}\n" for line in TYPED.findall(text))


def python(snippet: Snippet, names: dict[str, Any]) -> list[str]:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(snippet.text, f"line {snippet.line}", "exec"), names)
    return compared(snippet.text, snippet.printed, out.getvalue())


def pycon(snippet: Snippet, names: dict[str, Any]) -> list[str]:
    # An empty line inside of what is printed is told apart from one before a prompt, so that documents need no mark.
    text = re.sub(r"^$(?=\n+(?!>>> |\n))", "<BLANKLINE>", snippet.text, flags=re.MULTILINE)
    session = doctest.DocTestParser().get_doctest(text, names, f"line {snippet.line}", None, snippet.line)
    session.globs = names
    out: list[str] = []
    runner = doctest.DocTestRunner(Checker(), optionflags=doctest.ELLIPSIS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(typed(snippet.text)))
        runner.run(session, out=out.append, clear_globs=False)
    return ["".join(out)] if out else []


def console(snippet: Snippet, names: dict[str, Any]) -> list[str]:
    failures = []
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", snippet.text, flags=re.MULTILINE):
        shell = ["sh", "-c", f"exec 2>&1; {command}"]
        done = subprocess.run(shell, input=typed(expected), capture_output=True, encoding="utf-8", check=False)
        failures += compared(f"$ {command}", expected, done.stdout)
    return failures


RUNNERS: dict[str, Callable[[Snippet, dict[str, Any]], list[str]]]
RUNNERS = {"python": python, "pycon": pycon, "console": console}


def failures(document: str) -> list[str]:
    names: dict[str, Any] = {"__name__": "__main__"}
    found = []
    for snippet in snippets(document):
        if snippet.language in RUNNERS:
            found += [f"line {snippet.line}: {each}" for each in RUNNERS[snippet.language](snippet, names)]
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder to stand in, where the commands `gradwalk` and `python` are this checkout and this Python."""
    commands = tmp_path / ".commands"
    commands.mkdir()
    for name, module in ("gradwalk", "-m engine"), ("python", ""):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(sys.platform == "win32", reason="console snippets are written for sh")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_snippets_print_what_the_document_says(path: Path) -> None:
    found = failures(path.read_text(encoding="utf-8"))
    assert not found, "\n\n".join(found)


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(sys.platform == "win32", reason="console snippets are written for sh")
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("```python\nprint(1)\n```\n\nprints\n\n```text\n1\n```\n", "```python\nprint(1)\n```\n"),
        ("```python\na = 1\n```\n\n```pycon\n>>> a\n1\n```\n", "```python\na = 1\n```\n\n```pycon\n>>> a\n2\n```\n"),
        (
            '```pycon\n>>> print("a\\n\\nb")\na\n\nb\n\n>>> 1\n1\n```\n',
            '```pycon\n>>> print("a\\n\\nb")\na\nb\n```\n',
        ),
        (
            "```pycon\n>>> list(range(99))\n[0, 1, ..., 98]\n```\n",
            "```pycon\n>>> list(range(99))\n[0, ..., 97]\n```\n",
        ),
        (SESSION, SESSION.replace("> next\n", "> back\n")),
        ("```console\n$ echo a; echo b >&2\na\nb\n$ echo c\nc\n```\n", "```console\n$ echo a\n$ echo c\nc\n```\n"),
    ],
)
def test_a_wrong_snippet_is_seen(right: str, wrong: str) -> None:
    assert not failures(right)
    assert failures(wrong)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", path.read_text(encoding="utf-8"))
    files = [link or source for link, source in links if not re.match(r"\w+:", link or source)]
    assert not [file for file in files if not (path.parent / file).exists()]


def test_the_readme_opens_with_two_commands() -> None:
    opening = re.split(r"^## (?!Try it)", DOCUMENTS[0].read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
    assert [snippet.language for snippet in snippets(opening)].count("sh") == 2
