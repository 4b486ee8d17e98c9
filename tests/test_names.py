"""A name means one thing in a package: no name at the top of a module stands at the top of another one, too."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
# Public names of several packages: a data set and its plot; data on a line, and a rate that falls on one.
EXCEPTIONS = {"digits", "linear"}


def top_level_names(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def test_no_name_of_nn_stands_in_two_modules() -> None:
    modules: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "nn").rglob("*.py")):
        for name in top_level_names(path.read_text(encoding="utf-8")):
            modules[name].add(path.relative_to(ROOT).as_posix())
    twice = {name for name, places in modules.items() if len(places) > 1 and not name.startswith("__")}
    assert {name: modules[name] for name in twice - EXCEPTIONS} == {}
    assert twice >= EXCEPTIONS
