"""Every snippet in the documents runs, and prints what the document says that it prints.

A ```pycon block is a session at Python's prompt. A ```python block that prints is followed by a ```text block of what
it prints. A ```console block has commands after `$ ` and what they print. `...` stands for anything, as in doctest.
The snippets of a document run in order, share their names, and save to the same folder. What follows the walk's own
prompt, `3/9> `, is typed there, and everything must print just as it stands. The numbers in the pictures and pages
that a document saves are held against those that calculus gives.
"""

from __future__ import annotations

import doctest
import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from html import unescape
from math import tanh
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

import pytest
from svg import words

from demos.labs import LABS
from engine import Value, draw

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "demos" / "guide"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "demos").rglob("*.md"))]
DOCUMENTS = [path for path in DOCUMENTS if path.name != "hints.md"]  # an exercise's hints have gaps to fill in
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", flags=re.MULTILINE)
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


def readme_session() -> str:
    """Return what README's first session at Python's prompt types."""
    blocks = snippets(DOCUMENTS[0].read_text(encoding="utf-8"))
    session = next(block.text for block in blocks if block.language == "pycon")
    return "\n".join(line[4:] for line in session.splitlines() if line.startswith(">>>"))


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
    for command, expected in COMMAND.findall(snippet.text):
        failures += compared(f"$ {command}", expected, at_a_shell(command, expected))
    return failures


def at_a_shell(command: str, expected: str) -> str:
    """What a command prints to both streams, when what stands after the walk's prompts in `expected` is typed."""
    shell = ["sh", "-c", f"exec 2>&1; {command}"]
    return subprocess.run(shell, input=typed(expected), capture_output=True, encoding="utf-8", check=False).stdout


def rewritten(document: str) -> str:
    """Return a document whose commands at a shell's prompt print what they print now."""

    def command(match: re.Match[str]) -> str:
        got = re.sub(r" +$", "", at_a_shell(match[1], match[2]), flags=re.MULTILINE).rstrip("\n")
        same = not compared(match[1], match[2], got)
        return match[0] if same else f"$ {match[1]}\n{got}\n" if got else f"$ {match[1]}\n"

    def block(match: re.Match[str]) -> str:
        return f"```{match[1]}\n{COMMAND.sub(command, match[2])}```" if match[1] == "console" else match[0]

    return FENCED.sub(block, document)


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
    return prepared(tmp_path, monkeypatch)


def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder, with the commands and the terminal of the documents."""
    commands = tmp_path / ".commands"
    commands.mkdir()
    start = "import sys; del sys.path[0]; from demos.cli.command import main; sys.exit(main())"
    for name, options in ("gradwalk", f'-c "{start}"'), ("python", ""):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {options} "$@"\n')
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
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.name == "SESSIONS.md")) for path in DOCUMENTS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_snippets_print_what_the_document_says_and_save_what_is_right(path: Path, folder: Path) -> None:
    found = failures(path.read_text(encoding="utf-8"))
    assert not found, "\n\n".join(found)
    saved = [file for file in folder.rglob("*.*") if file.suffix in (".svg", ".html")]
    if GUIDE in path.parents:  # its pictures are those that it saves
        pictures = re.findall(r"^!\[.+\]\((.*?)\)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(file.name for file in saved) == sorted(pictures)
        return
    assert {file.name for file in saved} == {*SAVED.get(path.name if path.parent == ROOT else "", {})}
    for file in saved:
        SAVED[path.name][file.name](file.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(sys.platform == "win32", reason="console snippets are written for sh")
def test_a_document_is_rewritten_where_it_is_wrong() -> None:
    """What update.py writes: other output is put in place, and output that has gaps and is right is kept."""
    right = "A\n```console\n$ echo 1 2\n1 ...\n$ true\n$ echo x; echo\nx\n```\nB\n"
    wrong = right.replace("1 ...", "7\n8").replace("$ true\n", "$ true\nmore\n")
    assert rewritten(right) == right
    assert rewritten(wrong) == right.replace("1 ...", "1 2")
    assert not failures(rewritten(wrong))


# What README saves: the neuron h = tanh(v2), v2 = v1 + b, v1 = w * x. The slope of tanh(z) is 1 - tanh(z)².

SLOPE = 1 - tanh(0.5) ** 2
DATA = {"w": -3.0, "x": 2.0, "b": 6.5, "v1": -6.0, "v2": 0.5, "h": tanh(0.5)}
GRAD = {"w": SLOPE * 2.0, "x": SLOPE * -3.0, "b": SLOPE, "v1": SLOPE, "v2": SLOPE, "h": 1.0}
LOCAL = {"dv1/dw": 2.0, "dv1/dx": -3.0, "dv2/dv1": 1.0, "dv2/db": 1.0, "dh/dv2": SLOPE}
BACKWARD = [("v2", "h"), ("v1", "v2"), ("b", "v2"), ("w", "v1"), ("x", "v1")]  # which gets a gradient from which


def rounded(numbers: dict[str, float]) -> dict[str, float]:
    """Numbers as they are shown, with four digits."""
    return {name: float(f"{number:.4g}") for name, number in numbers.items()}


def drawing(svg: str) -> dict[str, dict[str, float]]:
    """The data and the gradients that are written into the nodes of a drawing, and the numbers on its edges."""
    found: dict[str, dict[str, float]] = {"data": {}, "grad": {}, "local": {}}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        texts = [
            "".join(text.itertext()).replace("\N{MINUS SIGN}", "-")
            for text in group.findall("{http://www.w3.org/2000/svg}text")
        ]
        title = "".join(group.findtext("{http://www.w3.org/2000/svg}title") or "")
        name = re.split(r"[ ,]", title)[0]
        if group.get("class") == "node":
            for what, number in re.findall(r"(data|grad) (\S+)", "\n".join(texts)):
                found[what][name] = float(number)
        elif group.get("class") == "edge":
            (text,) = texts
            found["local"][name] = float(text.rpartition(" ")[2])
    return found


def right_drawing(svg: str) -> None:
    """The numbers in the nodes, on the edges, and in the words for those who cannot see them."""
    assert drawing(svg) == {"data": rounded(DATA), "grad": rounded(GRAD), "local": rounded(LOCAL)}
    description = ElementTree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}desc") or ""
    described = re.findall(
        r"(\w+)(?: = [^,;]+)?, data (\S+), grad (\S+?)(?:;|\.$)", description.replace("\N{MINUS SIGN}", "-")
    )
    assert {name: float(data) for name, data, _ in described} == rounded(DATA)
    assert {name: float(grad) for name, _, grad in described} == rounded(GRAD)


def facts(html: str) -> dict[str, Any]:
    """What the script of a page reads."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, flags=re.DOTALL)
    return json.loads(text)


def middle(answer: dict[str, Any]) -> float:
    """The number in the middle of the answers that are right, also rounded ones."""
    case = [case for case in answer["cases"] if case["right"]][-1]
    return (float(case["low"]) + float(case["high"])) / 2


def right_page(html: str) -> None:
    """It opens clean, its steps go from 0.0 to what is right, and its table and its drawing hold that."""
    (svg,) = re.findall(r"<svg role.*?</svg>", html, flags=re.DOTALL)
    assert drawing(svg) == {"data": rounded(DATA), "grad": rounded(GRAD), "local": rounded(LOCAL)}
    cells = r'<tr id="r(\d+)"><th scope="row">(\w+)</th>.*?class="forward">(.*?)<.*?class="backward">(.*?)<'
    rows = [row for _, *row in sorted(re.findall(cells, html, re.DOTALL), key=lambda row: int(row[0]))]
    assert {name: float(data.replace("−", "-")) for name, data, _ in rows} == rounded(DATA)
    assert {name: float(grad.replace("−", "-")) for name, _, grad in rows} == rounded(GRAD)
    names, data = [name for name, _, _ in rows], facts(html)
    assert [node["grad"] for node in data["nodes"]] == ["0.0"] * len(names)
    steps = [(names[step["target"]], step["before"], middle(step)) for step in data["steps"][3:]]
    assert [name for name, _, _ in steps] == ["h", *(target for target, _ in BACKWARD)]
    assert {before for _, before, _ in steps} == {"0.0"}
    assert {name: right for name, _, right in steps} == pytest.approx(GRAD)
    assert "note" not in re.findall(r"<dt>(.*?)</dt>", html)


def right_worksheet(html: str) -> None:
    """It asks for what is right, and tells none of it before the answers."""
    answers_expected = [middle(blank) for blank in facts(html)["blanks"]]
    expected = [DATA["v1"], DATA["v2"], DATA["h"], 1.0]
    for target, node in BACKWARD:
        local = LOCAL[f"d{node}/d{target}"]
        expected += [GRAD[node], local, GRAD[node] * local, GRAD[target]]
    assert answers_expected == pytest.approx(expected)
    questions, _, answers = html.partition("<main>")[2].partition('<section id="answers">')
    numbers = {
        float(number)
        for text in re.findall(r">([^<]*)<", questions)
        for number in re.findall(r"(?<![\w.])-?\d+\.\d+", unescape(text).replace("−", "-"))
    }
    assert numbers == {DATA["w"], DATA["x"], DATA["b"]}
    assert "w.grad = 1.573" in answers


SAVED: dict[str, dict[str, Callable[[str], None]]]
SAVED = {"README.md": {"neuron.svg": right_drawing, "walk.html": right_page, "worksheet.html": right_worksheet}}


def test_the_pictures_that_the_documents_show_are_right() -> None:
    right_drawing((ROOT / "demos" / "pictures" / "neuron.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("calls", "right"),
    [
        ("h.backward()", True),
        ("steps.run(); h.backward()", True),
        ("h.backward(); h.backward(); walk(h).run()", True),
        ("h.zero_grad(); walk(h, accumulate=True).run()", True),
        ("", False),
        ("h.backward(); h.backward()", False),
        ("h.backward(); walk(h, accumulate=True).run()", False),
    ],
)
def test_a_wrong_gradient_in_a_picture_is_seen(calls: str, right: bool, folder: Path) -> None:
    """After README's first snippet, so that its walk is half done."""
    names: dict[str, Any] = {}
    exec(readme_session(), names)
    exec(f"{calls}\npicture = draw(h, local=True).svg", names)
    if right:
        right_drawing(names["picture"])
    else:
        with pytest.raises(AssertionError):
            right_drawing(names["picture"])
    for file, options in ("walk.html", ""), ("worksheet.html", ", worksheet=True"):
        exec(f"walk(h).save('{file}'{options})", names)
        SAVED["README.md"][file]((folder / file).read_text(encoding="utf-8"))


def test_a_page_of_two_passes_is_told_from_one_of_one(folder: Path) -> None:
    names: dict[str, Any] = {}
    exec(readme_session(), names)
    exec("h.backward(); walk(h, accumulate=True).save('walk.html')", names)
    with pytest.raises(AssertionError):
        right_page((folder / "walk.html").read_text(encoding="utf-8"))


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
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", text)
    files = [link or source for link, source in links if not re.match(r"\w+:", link or source)]
    if GUIDE in path.parents:
        files = [file for file in files if f'.save("{file}")' not in text]
    assert not [file for file in files if not (path.parent / file).exists()]


def test_the_readme_starts_with_what_to_type_and_what_it_looks_like() -> None:
    """Both stand on the first screen, of 25 lines."""
    screen = "\n".join(DOCUMENTS[0].read_text(encoding="utf-8").splitlines()[:25]) + "\n"
    assert [snippet.language for snippet in snippets(screen)] == ["sh", "pycon"]


def test_the_documents_count_right() -> None:
    """Numbers of things that stand in tables and folders."""
    words = {7: "seven", 11: "eleven"}
    counts = {"README.md": {"labs,": words[len(LABS)]}}
    for name, phrases in counts.items():
        text = (ROOT / name).read_text(encoding="utf-8").lower()
        for phrase, number in phrases.items():
            assert f"{number} {phrase}" in text, (name, number, phrase)


def test_no_document_copies_how_many_exercises_there_are() -> None:
    """The course grows. What commands print of it is written anew by tests/golden/update.py."""
    counted = re.compile(r"\b(?:\d+|\w+teen|twen\w+|thirty\S*) exercises", re.IGNORECASE)
    assert not [(path.name, found) for path in DOCUMENTS if (found := counted.findall(path.read_text("utf-8")))]


def test_the_readme_opens_with_two_commands() -> None:
    opening = re.split(r"^## (?!Try it)", DOCUMENTS[0].read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
    assert [snippet.language for snippet in snippets(opening)].count("sh") == 2


def test_the_picture_of_the_readme_is_what_draw_gives() -> None:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    h = (w * x + b).tanh()
    h.label = "h"
    h.backward()
    kept = (ROOT / "demos" / "pictures" / "neuron.svg").read_text(encoding="utf-8")
    assert sorted(words(kept).split("\n")[1:]) == sorted(words(draw(h, local=True).svg).split("\n")[1:])
