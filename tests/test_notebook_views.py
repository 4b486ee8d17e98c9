"""What a notebook shows of objects, of a training and of a wrong answer; and the tables that a History gives away."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from oracles import require

import nn
from engine import GradwalkError, Value, compile, gradcheck
from engine.installed import install_command
from nn import MLP, History, NetworkError, data

ROWS = [{"loss": 0.5, "norm": 2.0, "rate": 0.1}, {"loss": 0.1 + 0.2, "norm": 1.0, "rate": 0.1, "accuracy": 1.0}]


def shown() -> dict[str, tuple[Any, list[str]]]:
    """Objects, and texts that each must show."""
    x, w = Value(2.0, "x<y>"), Value(3.0, "w")
    model = MLP(2, [3, 1], rng=0)
    fruit = data.Dataset([[150, 7.2]] * 9 + [[9, 1.1]], [0] * 9 + [1], ["weight", "width <cm>"], ["apple", "cherry"])
    wide = data.Dataset([[float(n) for n in range(20)]], [0.123456])
    return {
        "Program": (compile(x * w, [x], [w]), ["array operation"]),
        "History": (History(ROWS, "all 2 epochs"), ["loss", "0.3", "all 2 epochs"]),
        "gradcheck": (gradcheck(lambda a, b: a * b, 2.0, 3.0), ["da", "agree"]),
        "diagnosis": (nn.diagnose(model, [[0, 0], [900, 1]], [0, 1]), ["large"]),
        "confusion": (nn.confusion_matrix(model, [[0.0, 1.0], [2.0, 1.0]], [1, 1]), ["predicted", "of 2 right"]),
        "summary": (model.summary(), ["layer1", "2 × 3", "total"]),
        "Dataset": (fruit, ["width <cm>", "apple (0)", "7.2", "10 rows"]),
        "wide": (wide, ["…", "0.1235", "x8"]),
    }


def test_every_object_is_a_table_of_plain_html() -> None:
    """Without scripts, styles and classes: so a notebook that is not trusted shows the same."""
    from html import unescape

    for name, (thing, texts) in shown().items():
        html = thing._repr_html_()
        tags = {tag.lower() for tag in re.findall(r"</?([a-zA-Z]+)", html)}
        assert tags <= {"table", "tr", "th", "td", "p", "pre", "ul", "ol", "li", "b", "br", "div", "code"}, name
        assert not re.search(r"<[^>]*\b(style|on\w+|class|id)=", html), name
        for text in texts:
            assert text in unescape(html), (name, text)
        assert html.count("<tr>") == html.count("</tr>")
    assert "x9" not in shown()["wide"][0]._repr_html_()


def test_a_confusion_matrix_is_still_a_list() -> None:
    matrix, _ = shown()["confusion"]
    assert isinstance(matrix, list)
    assert repr(matrix) == repr([list(line) for line in matrix])
    assert matrix == [list(line) for line in matrix]


def test_a_history_is_read_by_name() -> None:
    history = History(ROWS, "done")
    assert history["loss"] == history.losses == [0.5, 0.1 + 0.2]
    assert dict(history) == {"loss": history.losses, "norm": [2.0, 1.0], "rate": [0.1, 0.1], "accuracy": [1.0]}
    for wrong, word in ((0, "loss"), (-1, "rows"), ("los", "loss"), (None, "name"), (slice(2), "name")):
        with pytest.raises(GradwalkError, match=word):
            history[wrong]  # type: ignore[index]
    with pytest.raises(NetworkError):
        list(history)


def test_a_history_is_written_with_all_digits(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    History(ROWS).to_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["epoch"] for line in lines] == ["1", "2"]
    assert [float(line["loss"]) for line in lines] == [0.5, 0.1 + 0.2]
    assert [line["accuracy"] for line in lines] == ["", "1.0"]
    for wrong in ("history.xlsx", "none/history.csv"):
        with pytest.raises(NetworkError):
            History(ROWS).to_csv(tmp_path / wrong)
    pandas = require("pandas")
    frame = History(ROWS).to_pandas()
    assert frame.loss.tolist() == [0.5, 0.1 + 0.2]
    assert frame.index.tolist() == [1, 2]
    assert pandas.isna(frame.accuracy[1])
    assert pandas.read_csv(path).loss.tolist() == frame.loss.tolist()
    assert History([]).to_pandas().empty


def test_without_pandas_one_sentence_says_what_to_install() -> None:
    script = """if True:
        import sys; sys.modules["pandas"] = None
        import nn
        try: nn.History([{"loss": 0.5}]).to_pandas()
        except ImportError as error: print(error)
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"history.to_pandas() needs pandas: {install_command('pandas')}\n"


def test_a_notebook_has_the_progress_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    require("tqdm")
    from nn.training import progress

    def fitted() -> str:
        nn.fit(MLP(1, [1], rng=0), [[0.0], [1.0]], [0.0, 1.0], epochs=7)
        return capsys.readouterr().out

    assert fitted() == ""
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    assert "7/7" in fitted()  # in text, without ipywidgets


@pytest.mark.slow
def test_a_notebook_keeps_the_end_of_the_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As text, which is there when the notebook is opened again; the widget moves while the training runs."""
    nbformat, nbclient = require("nbformat"), require("nbclient")
    for package in ("ipykernel", "ipywidgets", "tqdm"):
        require(package)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    cell = "import nn; nn.fit(nn.MLP(1, [1], rng=0), [[0.0], [1.0]], [0.0, 1.0], epochs=7, progress={})"
    cells = [nbformat.v4.new_code_cell(f"{cell.format(progress)}.epochs") for progress in (True, False)]
    page = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(page, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (shown_bar, result), (alone,) = (cell.outputs for cell in page.cells)
    assert "7/7" in shown_bar.data["text/plain"]
    assert "loss" in shown_bar.data["text/plain"]
    assert list(shown_bar.data) == ["text/plain"]
    assert result.data["text/plain"] == alone.data["text/plain"] == "7"


def test_a_wrong_answer_shows_one_line_in_a_notebook() -> None:
    require("IPython")
    cell = (
        "from demos.exercises import check; wrong = lambda *_: (1, 2); "
        "check('ex04', add_backward=wrong, mul_backward=wrong)"
    )
    command = [
        sys.executable,
        "-m",
        "IPython",
        "--no-banner",
        "--colors",
        "NoColor",
        "--HistoryManager.enabled=False",
    ]
    done = subprocess.run([*command, "-c", cell], capture_output=True, text=True, check=False)
    report, _, line = done.stdout.rstrip().rpartition("\n")
    assert line.startswith("NotRight: ex04: ")
    assert report.startswith("ex04")
    assert "Traceback" not in done.stdout
    assert "notebook.py" not in done.stdout
