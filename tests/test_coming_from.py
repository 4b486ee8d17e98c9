"""The tables of demos/COMING_FROM.md: both columns run, and what both compute is the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from oracles import require

from nn import micrograd

PAGE = (Path(__file__).parents[1] / "demos" / "COMING_FROM.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))
LIBRARIES = {"micrograd": "micrograd", "PyTorch": "torch", "scikit-learn": "sklearn", "Keras": ""}


def columns(section: str) -> list[list[str]]:
    """The lines of code of each column of a section's table."""
    rows = [line.strip("| \n").split(" | ") for line in SECTIONS[section].split("\n") if line.startswith("| ")][1:]
    return [[code for row in rows for code in re.findall(r"`([^`]+)`", row[side])] for side in (0, 1)]


@pytest.mark.parametrize("section", LIBRARIES)
def test_both_columns_run_and_agree(section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, ours = columns(section)
    assert len(ours) > 5
    if section == "scikit-learn":
        require("sklearn")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for line in ours:
        if line != "nn.fit":
            exec(line, names)
    if not LIBRARIES[section]:
        return
    require(LIBRARIES[section])
    import warnings

    others: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLPClassifier's, of few rows
        for line in theirs:
            exec(line, others)
    both = [name for name in names if isinstance(names[name], (int, float)) and name in others]
    assert len(both) >= (3 if section in ("micrograd", "PyTorch") else 0)
    for name in both:
        assert others[name] == pytest.approx(names[name]), name


def test_the_drop_in_runs_the_column_of_micrograd() -> None:
    names: dict[str, Any] = {}
    for line in columns("micrograd")[0]:
        exec(line.replace("micrograd.engine", "nn.micrograd").replace("micrograd.nn", "nn.micrograd"), names)
    assert names["Value"] is micrograd.Value
    assert (names["data"], names["slope"], names["count"]) == (8.0, 2.0, 337)
