"""The printed drill: random graphs by level, with small numbers, as sheets that differ."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from demos.exercises.console import main
from demos.exercises.drill import LARGEST, LEVELS, MOST_SHEETS, random_graph
from engine import nodes

if TYPE_CHECKING:
    from pathlib import Path


def test_graphs_have_the_parts_of_their_level() -> None:
    for level, asked in enumerate(LEVELS, 1):
        written = set()
        for seed in range(20):
            root = random_graph(level, Random(seed))
            order = nodes(root)
            leaves = [node for node in order if node.op is None and node.requires_grad]
            uses = Counter(id(argument) for node in order for argument in node.args)
            results = [node for node in order if node.op]
            names = [node.op.name for node in results if node.op]
            assert len(leaves) == asked.leaves
            assert [uses[id(node)] for node in results].count(2) == asked.reused
            assert sum(name not in ("add", "sub", "mul") for name in names) == asked.functions
            assert "mul" in names
            labels = [node.label for node in [*leaves, *results]]
            assert len({*labels}) == len(labels)
            assert all(labels)
            assert root.label == "L"
            root.backward()
            assert all(0 < abs(node.grad) <= LARGEST for node in leaves)
            written.add(str([(node.label, node.data) for node in order]))
        assert len(written) > 15  # another seed is another graph


def test_a_seed_draws_the_same_graph_again() -> None:
    one, two = (random_graph(5, Random("7")) for _ in range(2))
    assert [(node.label, node.data) for node in nodes(one)] == [(node.label, node.data) for node in nodes(two)]


def test_sheets_differ_and_the_answers_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["drill", "3", "4", "11"]) == 0
    (path,) = tmp_path.iterdir()
    assert path.name in capsys.readouterr().out
    page = path.read_text(encoding="utf-8")
    leaves = re.findall(r"leaves</dt><dd[^>]*>(.*?)</dd>", page)
    assert len(leaves) == len({*leaves}) == 4
    assert page.count('<section class="sheet"') == 4
    assert page.rindex('<section class="sheet"') < page.index('<section id="answers">')


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["0"], "level"), (["6"], "level"), (["easy"], "level"), (["1", "0"], "sheets"), (["1", "-3"], "sheets"),
        (["1", str(MOST_SHEETS + 1)], "sheets"), (["1", "2", "x"], "seed"), (["1", "2", "3", "4"], "4"),
        (["1" * 5000], "level"), (["²"], "level"),
    ],
)  # fmt: skip
def test_what_is_not_a_number_of_the_table_is_refused(
    words: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["drill", *words]) == 2
    assert named in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]
