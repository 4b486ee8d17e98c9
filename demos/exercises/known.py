"""The known wrong answers of an exercise, each with a diagnosis of its mistake and advice on what to try.

An answer that is one edit of the solution is a part of the exercise's `named.txt`: its name, the edit as in
`mistakes.txt`, the diagnosis and the advice. Any other is a file of the folder `wrong/`, whose docstring has both.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any

from .course import Exercise
from .generated import Mutants, Row
from .inside.edits import parsed

FILE = "named.txt"
BETWEEN = "\n---\n"  # two parts of it


@dataclass(frozen=True)
class WrongAnswer:
    """A known wrong answer: its name, its text, a diagnosis of its mistake, and advice on what to try.

    `file` is the name that errors show; `edit` is the row of the edit that it is, if it is one.
    """

    name: str
    source: str
    diagnosis: str
    advice: str
    file: str
    edit: Row | None = None

    def load(self) -> SimpleNamespace:
        """Execute it, and return the names that it defines."""
        space: dict[str, Any] = {"__name__": "answer", "__file__": self.file}
        exec(_code(self.source, self.file), space)
        return SimpleNamespace(**space)


@cache
def wrong_answers(exercise: Exercise) -> tuple[WrongAnswer, ...]:
    """Return the known wrong answers of an exercise, sorted by name."""
    return tuple(sorted([*_files(exercise), *_edits(exercise)], key=lambda each: each.name))


def wrong_answer(exercise: Exercise, name: str) -> WrongAnswer:
    """Return the known wrong answer of a name. Raises KeyError if there is none."""
    return {each.name: each for each in wrong_answers(exercise)}[name]


def named_edits(exercise: Exercise) -> dict[Row, tuple[str, str]]:
    """Return the edits of `named.txt`, each with its name, and with its diagnosis and advice; none without a file."""
    path = exercise.folder / FILE
    result = {}
    for part in path.read_text(encoding="utf-8").split(BETWEEN) if path.is_file() else ():
        name, row, text = part.strip().split("\n", 2)
        result[Row.parsed(row)] = name, text
    return result


def _files(exercise: Exercise) -> Iterator[WrongAnswer]:
    for path in (exercise.folder / "wrong").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        yield WrongAnswer(path.stem, source, *_words(ast.get_docstring(parsed(source)) or ""), str(path))


def _edits(exercise: Exercise) -> Iterator[WrongAnswer]:
    listed = named_edits(exercise)
    if not listed:
        return
    mutants = Mutants(exercise, [row.where for row in listed])
    for edit, row in mutants.with_rows([*listed]):
        name, text = listed[row]
        yield WrongAnswer(name, mutants.source(edit), *_words(text), f"<{exercise.name}: {name}>", row)


def _words(text: str) -> tuple[str, str]:
    """Return the diagnosis, which is the first paragraph of a text, and the advice, which is the rest."""
    diagnosis, _, advice = (" ".join(part.split()) for part in text.strip().partition("\n\n"))
    return diagnosis, advice


@cache
def _code(source: str, file: str) -> CodeType:
    linecache.cache[file] = len(source), None, source.splitlines(True), file  # what an error shows
    return compile(source, file, "exec")
