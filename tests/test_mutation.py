"""The mutation script finds what tests miss, and sees what they notice, in a tiny package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import Any

pytest.importorskip("cosmic_ray")
pytest.importorskip("coverage")

SCRIPT = Path(__file__).parent / "mutation" / "mutate.py"
TOY = '''"""A toy."""

def double(x: int | None) -> int:
    return x * 2

def unused(x):
    return x - 1

def count_down(x):
    while x > 0:
        x -= 1
    return x
'''
TESTS = """import toy

def test_double():
    assert toy.double(2) == 4

def test_count_down():
    assert toy.count_down(3) == 0
"""
CONFIGURATION = (
    '[tool.pytest.ini_options]\naddopts = ["-n=auto"]  # other processes, in which coverage sees nothing\n'
)


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    for name, text in (("toy/__init__.py", TOY), ("tests/test_toy.py", TESTS), ("pyproject.toml", CONFIGURATION)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def mutate(root: Path, *options: str) -> str:
    command = [sys.executable, str(SCRIPT), "--root", str(root), "--package", "toy", "--work", str(root / "work")]
    environment = os.environ | {"GRADWALK_MUTATION_PRELOAD": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=True, env=environment)
    return run.stdout


def results(root: Path) -> list[dict[str, Any]]:
    (report,) = (root / "work").glob("*.jsonl")
    return [json.loads(line) for line in report.read_text("utf-8").splitlines()]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forks")
def test_mutants_are_killed_or_found(toy: Path) -> None:
    mutate(toy, "--only", "toy/__init__.py:4", "--jobs", "2")
    outcomes = {result["change"].partition(" → return ")[2]: result["outcome"] for result in results(toy)}
    assert outcomes["x ** 2"] == outcomes["x + 2"] == "survived"  # 2 ** 2 and 2 + 2 are 4
    assert outcomes["x - 2"] == outcomes["x * 3"] == "killed"
    assert (toy / "toy/__init__.py").read_text("utf-8") == TOY
    text = mutate(toy, "--only", "toy/__init__.py:7")
    assert {result["outcome"] for result in results(toy) if result["line"] == 7} == {"not covered"}
    assert "survived" in text.splitlines()[-2] or "not covered" in text


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forks")
def test_a_sample_is_seeded_leaves_annotations_out_and_goes_on_where_it_stopped(toy: Path) -> None:
    first, second = (mutate(toy, "--count", "100", "--seed", seed, "--drawn") for seed in "34")
    assert first != second
    assert ":4:" in first
    assert ":3:" not in first  # int | None
    mutate(toy, "--count", "1")
    before = results(toy)
    text = mutate(toy, "--count", "2")
    assert "2 mutants, 1 of them known" in text
    assert results(toy)[:1] == before
    assert len(results(toy)) == 2
