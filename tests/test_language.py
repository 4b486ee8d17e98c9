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
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]

PEERS = "the backends have one interface: each spells what it does in a way of its own"
# Top-level names that two modules of a package may share. Of demos no names are compared: its exercises, labs and
# lessons are programs of their own, which a student reads one at a time.
SHARED = {
    "engine": dict.fromkeys(
        ["library", "functions", "array", "compiled", "elementwise", "scatter", "maximum",
         "sum_of_products", "sum_of_columns"], PEERS
    ),
    "nn": {
        **dict.fromkeys(["MLP", "Layer", "Module", "Neuron"], "programs for micrograd import these names of its"),
        "linear": "nn.data.linear, a data set, and nn.schedules.linear: both public, both the field's word",
        "digits": "the data set is public, nn.data.digits; the other draws images of digits",
    },
}  # fmt: skip

# Words that were replaced, and by what. As identifiers or parts of them, and as names of modules.
RETIRED = {
    "room": "module", "rooms": "modules", "door": "public face", "house": "layout", "voice": "explain",
    "story": "explain", "teller": "explain", "told": "the thing's name", "said": "the thing's name",
    "spoken": "wording", "card": "node label", "cards": "node labels", "face": "node label", "caption": "label",
    "captions": "labels", "ground": "decision boundary", "terrain": "loss landscape", "regions": "decision surface",
    "wiring": "network graph",
    "wanted": "requires_grad", "learns": "requires_grad", "share": "contribution", "shares": "contributions",
}  # fmt: skip
# Words of the grammar, for things that have a name: a gradient, the rows, the text of an input.
GRAMMAR = dict.fromkeys(["given", "found", "made", "tell", "saw"], "the thing's name")
# A share may be a part of a whole: of a batch, of the rows, of the variance, of a target's probability.
IDENTIFIERS = {
    "engine": RETIRED,
    "nn": RETIRED | GRAMMAR,
    "demos": RETIRED | GRAMMAR,
}
ALLOWED = {"nn": {"share", "shares"}, "demos": {"share", "shares"}, "engine": set[str]()}
# Modules of nn in which variables are still called by words of the grammar.
UNFINISHED: set[str] = set()
# Identifiers that stay, by file, with the reason.
KEPT = {
    "demos/exercises/ex_reuse/exercise.py": (
        {"made"},
        "the student's file, which all its right and wrong answers copy",
    ),
    "demos/exercises/ex_functions/exercise.py": ({"made"}, "the student's file, as in reuse"),
    "demos/exercises/ex_recursion/exercise.py": ({"made"}, "the student's file, as in reuse"),
}
OTHERS_NAMES = {  # identifiers of Python and of other packages
    "FileNotFoundError", "PackageNotFoundError", "ModuleNotFoundError", "matplotlib_inline", "figcaption",
}  # fmt: skip
# The same in docstrings, comments and messages, where these are English words.
ENGLISH = {"share", "shares", "ground", "room", "learns", "face", "cards", "card"} | GRAMMAR.keys()
PROSE = RETIRED.keys() - ENGLISH
PROSE_OF = ["engine", "nn", "demos"]
# Not read: files that imitate students, right or wrong, and their words.
STUDENTS = ("/right/", "/wrong/")
# Scripts and style sheets of pages. `cell` and `region` are words of HTML: insertCell, row.cells, role="region".
PAGES = ["engine/page", "engine/walk", "engine/draw", "engine/program/backends", "nn/record"]
PAGE_RETIRED = RETIRED | GRAMMAR
PAGE_ALLOWED = {"share", "shares"}


def files(package: str) -> list[Path]:
    paths = sorted((ROOT / package).rglob("*.py"))
    return [path for path in paths if not any(part in path.as_posix() for part in STUDENTS)]


def page_identifiers(source: str) -> Iterator[tuple[int, str]]:
    """Every word of a script or a style sheet outside of its comments, with its line: names, ids and classes."""
    code = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), source, flags=re.DOTALL)
    for number, line in enumerate(code.split("\n"), 1):
        names = re.sub(r"//.*", "", line)
        names = re.sub(r"“[^”]*”|\"[^\"]*\"", lambda text: "" if " " in text[0] else text[0], names)  # no sentences
        for name in re.findall(r"[A-Za-z_$][\w$-]*", names):
            yield number, name


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


def retired_names(package: str, where: str, names: Iterable[tuple[int, str]]) -> list[str]:
    """Return a sentence for each name that has a retired word in it."""
    kept = (
        KEPT.get(where, (set[str](), ""))[0] | ALLOWED[package] | (GRAMMAR.keys() if where in UNFINISHED else set())
    )
    return [
        f"{where}:{line}: {name}: say {IDENTIFIERS[package][word]}"
        for line, name in names
        if name not in OTHERS_NAMES
        for word in (IDENTIFIERS[package].keys() - kept) & set(words(name))
    ]


@pytest.mark.parametrize("package", IDENTIFIERS)
def test_retired_words_name_nothing(package: str) -> None:
    problems = []
    for path in files(package):
        where = path.relative_to(ROOT).as_posix()
        problems += retired_names(package, where, [(0, path.stem), *identifiers(path.read_text(encoding="utf-8"))])
    assert not problems


@pytest.mark.parametrize("folder", PAGES)
def test_retired_words_name_nothing_in_pages(folder: str) -> None:
    problems = []
    for path in sorted((ROOT / folder).glob("*.[jc]s*")):
        for line, name in page_identifiers(path.read_text(encoding="utf-8")):
            retired = (PAGE_RETIRED.keys() - PAGE_ALLOWED) & set(words(name))
            problems += [
                f"{path.name}:{line}: {name}: say {PAGE_RETIRED[word]}" for word in retired - {name} | retired
            ]
    assert not problems


@pytest.mark.parametrize("where", KEPT)
def test_an_exception_is_needed(where: str) -> None:
    kept, reason = KEPT[where]
    names = {word for _, name in identifiers((ROOT / where).read_text(encoding="utf-8")) for word in words(name)}
    assert reason
    assert kept <= names


@pytest.mark.parametrize("package", PROSE_OF)
def test_retired_words_stand_in_no_text(package: str) -> None:
    problems = []
    for path in files(package):
        where = path.relative_to(ROOT).as_posix()
        problems += [
            f"{where}:{line}: {word}: say {RETIRED[word]}"
            for line, text in prose(path.read_text(encoding="utf-8"))
            for word in PROSE & set(words(text))
        ]
    assert not problems


@pytest.mark.parametrize("name", ["README.md", "demos/README.md"])
def test_retired_words_stand_in_no_guide(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
    assert not [(number, word) for number, line in enumerate(lines, 1) for word in PROSE & set(words(line))]


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
    page = "/* a door */ .card { } // a house\nconst story = toldTwice;"
    assert [(line, name) for line, name in page_identifiers(page) if name != "const"] == [
        (1, "card"), (2, "story"), (2, "toldTwice"),
    ]  # fmt: skip
    assert retired_names(
        "demos", "demos/x.py", [(3, "foundNodes"), (4, "FileNotFoundError"), (5, "share_of_rows")]
    ) == ["demos/x.py:3: foundNodes: say the thing's name"]
