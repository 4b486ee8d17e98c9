"""The demos as lessons: cells of text and code, and notebooks made of them that run and display their pictures."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from notebooks import notebook

from demos import DEMOS

ROOT = Path(__file__).parents[1]
LESSONS = {name: (ROOT / "demos" / f"{name}.py").read_text(encoding="utf-8") for name in DEMOS}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_says_first_what_will_be_seen_and_last_asks_a_question(name: str) -> None:
    docstring, *cells = notebook(LESSONS[name])["cells"]
    texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    assert docstring["source"].startswith('"""')
    assert re.match(r"# \w.*\n\nYou will see ", texts[0])
    assert texts[-1] == cells[-1]["source"]
    assert "?" in texts[-1]
    kinds = [cell["cell_type"] for cell in cells[1:-1]]
    assert kinds == ["markdown", "code"] * (len(kinds) // 2)  # each cell of code has its words
    assert all(cell["source"] for cell in cells)


def test_a_script_becomes_a_notebook_cell_by_cell() -> None:
    made = notebook('"""A."""\n\n# %% [markdown]\n# # T\n#\n# text * 2\n\n# %%\nx = 1\n\n\n# %% old style\ny = 2\n')
    cells = [(cell["cell_type"], cell["source"]) for cell in made["cells"]]
    assert cells == [("code", '"""A."""'), ("markdown", "# T\n\ntext * 2"), ("code", "x = 1"), ("code", "y = 2")]


def displayed(output: dict[str, Any]) -> bool:
    """Whether an output of a cell is a picture."""
    data = output.get("data", {})
    return "image/png" in data or "<img" in data.get("text/html", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_a_notebook_of_a_lesson_runs_and_displays_its_pictures(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    page = nbformat.from_dict(notebook(LESSONS[name]))
    client = nbclient.NotebookClient(page, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in page.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if displayed(output)]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [*tmp_path.glob("*.png"), *tmp_path.glob("*.svg")]  # displayed, not saved
    asked = len(re.findall(r"\bshow\(", LESSONS[name]))
    assert bool(pictures) == bool(asked) or name == "tour"
    assert len(pictures) >= asked
    for picture in pictures:
        if "image/png" in picture.data:
            assert b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
