"""The known wrong answers of an exercise, each with a diagnosis of its mistake and advice on what to try.

Most are the solution with something changed: the parts of the exercise's `named.txt`. A part is a name, what is
changed, the diagnosis and the advice. What is changed are edits, in the words of `mistakes.txt`, or pieces of code,
or definitions, which stand between two lines of backquotes. An answer that has nothing of the solution may be a file
of the folder `wrong/`, whose docstring is the diagnosis and the advice.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from types import CodeType, SimpleNamespace
from typing import Any, NamedTuple

from .course import Exercise
from .generated import SEPARATOR, Mutants, Row, possible
from .inside.edits import KINDS, Edit, functions, parsed, program

FILE = "named.txt"
BETWEEN = "\n---\n"  # two parts of it
CODE, CODE_END = "```python\n", "\n```\n"


@dataclass(frozen=True)
class WrongAnswer:
    """A known wrong answer: its name, its text, a diagnosis of its mistake, and advice on what to try.

    `file` is the name that errors show.
    """

    name: str
    source: str
    diagnosis: str
    advice: str
    file: str

    def load(self) -> SimpleNamespace:
        """Execute it, and return the names that it defines."""
        space: dict[str, Any] = {"__name__": "answer", "__file__": self.file}
        exec(_code(self.source, self.file), space)
        return SimpleNamespace(**space)


class Replacement(NamedTuple):
    """A piece of a function of the solution, which is there once, and what stands there instead."""

    where: str
    new: str
    old: str

    @classmethod
    def parsed(cls, line: str) -> Replacement:
        """Return the replacement of a line.

        >>> Replacement.parsed("f | Write `x > 0` in place of `x >= 0`.")
        Replacement(where='f', new='x > 0', old='x >= 0')
        """
        match = re.fullmatch(r"([\w.]+) \| Write `(.+)` in place of `(.+)`\.", line)
        if not match:
            raise ValueError(f"{FILE} has a line that is not an edit: {line}")
        return cls(*match.groups())

    def applied(self, source: str) -> str | None:
        """Return a program with it; None if the old piece is not in the function, or several times."""
        function = functions(parsed(source)).get(self.where)
        lines = source.splitlines(keepends=True)
        first, last = (function.lineno - 1, function.end_lineno) if function else (0, 0)
        text = "".join(lines[first:last])
        if text.count(self.old) != 1:
            return None
        return "".join([*lines[:first], text.replace(self.old, self.new), *lines[last:]])


class Part(NamedTuple):
    """A part of `named.txt`: a name, what is changed in the solution, and the two paragraphs.

    What is changed are edits, pieces that are replaced, and definitions that stand in place of those of the solution.
    """

    name: str
    edits: tuple[Row, ...]
    replacements: tuple[Replacement, ...]
    code: str
    text: str

    @classmethod
    def parsed(cls, part: str) -> Part:
        """Return the part of a text.

        >>> Part.parsed("own\\nsign | f | Write `-x` in place of `x`.\\n\\nA minus.\\n\\nTake x.").edits[0].kind
        'sign'
        >>> Part.parsed("own\\n```python\\ndef f(x):\\n\\n    return y\\n```\\n\\nIt is y.\\n\\nTake x.").code
        'def f(x):\\n\\n    return y'
        """
        name, _, rest = part.strip().partition("\n")
        start = rest.find(CODE)
        if start >= 0:
            rows, (code, _, text) = rest[:start], rest[start + len(CODE) :].partition(CODE_END)
        else:
            (rows, _, text), code = rest.partition("\n\n"), ""
        lines = rows.splitlines()
        edits = tuple(Row.parsed(line) for line in lines if line.partition(SEPARATOR)[0] in KINDS)
        replacements = tuple(Replacement.parsed(line) for line in lines if line.partition(SEPARATOR)[0] not in KINDS)
        return cls(name, edits, replacements, code, text.strip())


@cache
def wrong_answers(exercise: Exercise) -> tuple[WrongAnswer, ...]:
    """Return the known wrong answers of an exercise, sorted by name."""
    return tuple(sorted([*_files(exercise), *_changes(exercise)], key=lambda each: each.name))


def wrong_answer(exercise: Exercise, name: str) -> WrongAnswer:
    """Return the known wrong answer of a name. Raises KeyError if there is none."""
    return {each.name: each for each in wrong_answers(exercise)}[name]


def parts(exercise: Exercise) -> list[Part]:
    """Return the parts of `named.txt`; none without a file."""
    path = exercise.folder / FILE
    texts = path.read_text(encoding="utf-8").split(BETWEEN) if path.is_file() else []
    return [*map(Part.parsed, texts)]


def with_definitions(source: str, code: str) -> str:
    """Return a program with the definitions of some code in place of its own of the same names.

    A class keeps the methods that the code does not define. What is new comes first.

    >>> print(with_definitions("class A:\\n    n = 1\\n    def f(self): return 1", "class A:\\n    n = 2"))
    class A:
        n = 2
    <BLANKLINE>
        def f(self):
            return 1
    """
    tree = program(source)
    _put(tree, parsed(code).body)
    return ast.unparse(tree)


def _put(holder: ast.Module | ast.ClassDef, statements: Sequence[ast.stmt]) -> None:
    places = {_defined(each): place for place, each in enumerate(holder.body)}
    new = []
    for each in statements:
        place = places.get(_defined(each))
        old = None if place is None else holder.body[place]
        if place is None:
            new.append(each)
        elif isinstance(old, ast.ClassDef) and isinstance(each, ast.ClassDef):
            _put(old, each.body)
        else:
            holder.body[place] = each
    start = 0 if ast.get_docstring(holder) is None else 1
    holder.body[start:start] = new


def _defined(statement: ast.stmt) -> str:
    """Return the names that a statement defines; the whole statement if it is not a definition."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return statement.name
    if isinstance(statement, ast.Assign):
        return ", ".join(map(ast.unparse, statement.targets))
    return ast.unparse(statement)


def _files(exercise: Exercise) -> Iterator[WrongAnswer]:
    for path in (exercise.folder / "wrong").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        yield WrongAnswer(path.stem, source, *_words(ast.get_docstring(parsed(source)) or ""), str(path))


def _changes(exercise: Exercise) -> Iterator[WrongAnswer]:
    """Yield the answers of `named.txt`, without those whose changes the solution does not allow."""
    listed = parts(exercise)
    rows: Counter[Row] = reduce(or_, (Counter(part.edits) for part in listed), Counter())
    edits: dict[Row, list[Edit]] = {row: [] for row in rows}
    if rows:
        mutants = Mutants(exercise, [row.where for row in rows])
        for edit, row in mutants.with_rows(rows.elements()):
            edits[row].append(edit)
    for part in listed:
        source: str | None = exercise.solution
        for replacement in part.replacements:
            source = replacement.applied(source) if source else None
        if part.edits:  # of the solution itself, so no piece of it may be replaced
            chosen = [edit for row, count in Counter(part.edits).items() for edit in edits[row][:count]]
            allowed = len(chosen) == len(part.edits) and possible(chosen) and not part.replacements
            source = mutants.source(chosen) if allowed else None
        if source:
            yield WrongAnswer(
                part.name, with_definitions(source, part.code), *_words(part.text), f"<{exercise.name}: {part.name}>"
            )


def _words(text: str) -> tuple[str, str]:
    """Return the diagnosis, which is the first paragraph of a text, and the advice, which is the rest."""
    diagnosis, _, advice = (" ".join(part.split()) for part in text.strip().partition("\n\n"))
    return diagnosis, advice


@cache
def _code(source: str, file: str) -> CodeType:
    linecache.cache[file] = len(source), None, source.splitlines(True), file  # what an error shows
    return compile(source, file, "exec")
