"""The oracles are optional: without them their tests are skipped and counted, and all others run."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import conftest
import pytest
from oracles import Missing, missing, oracle, require

TESTS = Path(__file__).parent
PROJECT = (TESTS.parent / "pyproject.toml").read_text(encoding="utf-8")


def extra(name: str) -> set[str]:
    """What an extra asks for, those that it includes with it."""
    (listed,) = re.findall(rf"^{name} = \[(.*?)\]$", PROJECT, flags=re.DOTALL | re.MULTILINE)
    wanted = set(re.findall(r'"([^"]+)"', listed))
    inside = [part for each in wanted for part in re.findall(r"^gradwalk\[(.*)\]", each)]
    return wanted.union(*(extra(part) for names in inside for part in names.split(",")))


ORACLES = extra("oracles")


def at_import(node: ast.AST) -> set[str]:
    """The packages that a module imports as it is loaded."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return set()
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return set().union(*map(at_import, node.orelse))
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]}
    return set().union(*map(at_import, ast.iter_child_nodes(node)))


def test_the_test_extra_has_no_oracle() -> None:
    assert {"torch", "autograd", "jax"} <= ORACLES
    assert {"pytest", "numpy"} <= extra("test")
    assert not ORACLES & extra("test")


@pytest.mark.parametrize("path", sorted(TESTS.glob("*.py")), ids=lambda path: path.stem)
def test_a_file_of_tests_loads_without_an_oracle(path: Path) -> None:
    assert not ORACLES & at_import(ast.parse(path.read_text(encoding="utf-8")))


def test_an_import_at_the_top_is_found() -> None:
    source = "import torch.nn\nif x:\n    from jax import numpy\nclass A:\n    import autograd\n"
    harmless = "def f():\n    import os\nif TYPE_CHECKING:\n    import micrograd\n"
    assert at_import(ast.parse(source + harmless)) == {"torch", "jax", "autograd"}


def test_a_missing_oracle_may_be_named_and_skips_the_test_that_calls_it() -> None:
    library = oracle("no_such_library")
    assert isinstance(library, Missing)
    table = {"relu": library.nn.functional.relu, "dtype": library.float64}
    for call in (lambda: table["relu"](1.0), lambda: library.tensor([1.0]), lambda: require("no_such_library.part")):
        with pytest.raises(pytest.skip.Exception, match=r"^needs the oracle no_such_library$"):
            call()
    assert require("ast") is oracle("ast") is ast


def test_one_line_counts_the_tests_that_were_skipped() -> None:
    reasons = ["Skipped: needs the oracle torch"] * 3 + ["Skipped: needs the oracle jax", "Skipped: needs Chromium"]
    assert missing(reasons).startswith("4 tests skipped: 3 for want of torch, 1 for want of jax. ")
    assert "\n" not in missing(reasons)
    assert missing(reasons[4:]) == ""


@pytest.mark.parametrize("reason", ["needs the oracle torch", "needs Chromium"])
def test_the_line_ends_the_summary(reason: str) -> None:
    lines: list[str] = []
    report = SimpleNamespace(longrepr=("tests/oracles.py", 1, f"Skipped: {reason}"))
    reporter: Any = SimpleNamespace(stats={"skipped": [report]}, write_line=lines.append)
    summary = conftest.pytest_terminal_summary(reporter)
    next(summary)
    assert not lines
    with pytest.raises(StopIteration):
        next(summary)
    assert [line.partition(":")[0] for line in lines] == ["1 test skipped"] * ("oracle" in reason)
