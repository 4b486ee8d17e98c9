"""The code speaks one language: a name has one meaning in a package, and retired words do not come back."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

PEERS = "the backends have one interface: each spells what it does in a way of its own"
# Top-level names that two modules of a package may share. Of demos no names are compared: its exercises, labs and
# lessons are programs of their own, which a student reads one at a time.
SHARED = {
    "engine": dict.fromkeys(
        ["library", "functions", "array", "compiled", "elementwise", "scatter", "maximum"], PEERS
    ),
    "nn": {
        "linear": "nn.data.linear, a data set, and nn.schedules.linear: both public, both the field's word",
        "digits": "the data set is public, nn.data.digits; the other draws images of digits",
    },
}  # fmt: skip

# Words that were replaced, and by what. As identifiers or parts of them, and as names of modules.
RETIRED = {
    "room": "module", "rooms": "modules", "door": "public face", "house": "layout", "voice": "explain",
    "story": "explain", "teller": "explain", "told": "the thing's name", "said": "the thing's name",
    "spoken": "wording", "card": "node label", "caption": "label", "captions": "labels",
    "ground": "decision boundary", "terrain": "loss landscape", "regions": "decision surface",
    "wiring": "network graph",
    "wanted": "requires_grad", "learns": "requires_grad", "share": "contribution", "shares": "contributions",
}  # fmt: skip
# In nn, a share is a part of a whole: of a batch, of the rows, of the variance, of a target's probability.
IDENTIFIERS = {"engine": RETIRED.keys(), "nn": RETIRED.keys() - {"share", "shares"}}
# The same in docstrings, comments and messages, where `share`, `ground`, `room` and `learns` are English.
PROSE = RETIRED.keys() - {"share", "shares", "ground", "room", "learns"}
PROSE_OF = ["engine", "nn"]


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def top_level_names(source: str) -> Iterator[str]:
    """What a module defines: functions, classes and variables."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        targets = [node.target] if isinstance(node, ast.AnnAssign) else []
        targets += node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def words(text: str) -> list[str]:
    """The words of an identifier or a sentence: `box_label`, `BoxLabel` and `box label` are box and label."""
    return re.findall(r"[a-z]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).lower())


def identifiers(source: str) -> Iterator[tuple[int, str]]:
    """Every name in the code, with its line; also in an f-string, which one token is before Python 3.12."""
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string
        elif token.type == tokenize.STRING and re.match(r"[rR]?[fF]", token.string):
            for node in ast.walk(ast.parse(token.string, mode="eval")):
                name = getattr(node, "id", getattr(node, "attr", ""))
                if name:
                    yield token.start[0], name


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Docstrings, comments and all other text, with their lines."""
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("package", SHARED)
def test_a_top_level_name_stands_in_one_module_of_a_package(package: str) -> None:
    modules = defaultdict(set)
    for path in files(package):
        for name in top_level_names(path.read_text(encoding="utf-8")):
            if not name.startswith("__") and path.name != "__init__.py":
                modules[name].add(str(path.relative_to(ROOT)))
    shared = {name: sorted(where) for name, where in modules.items() if len(where) > 1}
    assert {name: where for name, where in shared.items() if name not in SHARED[package]} == {}
    assert SHARED[package].keys() - shared.keys() == set(), "an exception that is not needed any more"


@pytest.mark.parametrize("package", IDENTIFIERS)
def test_retired_words_name_nothing(package: str) -> None:
    found = []
    for path in files(package):
        where = str(path.relative_to(ROOT).as_posix())
        names = [(0, path.stem), *identifiers(path.read_text(encoding="utf-8"))]
        found += [
            f"{where}:{line}: {name}: say {RETIRED[word]}"
            for line, name in names
            for word in IDENTIFIERS[package] & set(words(name))
        ]
    assert not found


@pytest.mark.parametrize("package", PROSE_OF)
def test_retired_words_stand_in_no_text(package: str) -> None:
    found = []
    for path in files(package):
        where = str(path.relative_to(ROOT).as_posix())
        found += [
            f"{where}:{line}: {word}: say {RETIRED[word]}"
            for line, text in prose(path.read_text(encoding="utf-8"))
            for word in PROSE & set(words(text))
        ]
    assert not found


def test_the_reading_finds_what_it_looks_for() -> None:
    lines = [
        "CARD = 1",
        "def story_of(x): ...  # a house",
        'print(f"{x.told} {toMe}")',
        '"A voice."',
        "left, door = x",
    ]
    source = "\n".join(lines)
    assert set(top_level_names(source)) == {"CARD", "story_of", "left", "door"}
    assert {word for _, name in identifiers(source) for word in words(name)} >= {
        "card", "story", "told", "door", "left", "me",
    }  # fmt: skip
    assert {word for _, text in prose(source) for word in words(text)} >= {"house", "voice"}
