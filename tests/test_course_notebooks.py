"""The course as notebooks: nbgrader's and Otter's marks, and checks that print no traceback of Gradwalk's files."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from demos.exercises.console import main
from demos.exercises.course import COURSE, exercise
from demos.exercises.known import wrong_answers
from demos.exercises.notebook_files import code_of, notebook_name, notebook_text, otter_test
from demos.exercises.textfile import Unreadable

ROOT = Path(__file__).parents[1]


def cells(text: str) -> dict[str, Any]:
    return {cell["id"].partition("-")[2]: cell for cell in json.loads(text)["cells"]}


def test_init_writes_notebooks_and_keeps_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path), "--notebook"]) == 0
    names = [notebook_name(each) for each in COURSE]
    assert sorted(path.name for path in tmp_path.glob("*")) == sorted([*names, "tests"])
    assert sorted(path.stem for path in (tmp_path / "tests").glob("*.py")) == [each.id for each in COURSE]
    (tmp_path / names[3]).write_text("mine")
    (tmp_path / names[4]).unlink()
    assert main(["init", "--notebook", "--folder", str(tmp_path)]) == 0
    assert (tmp_path / names[3]).read_text() == "mine"
    assert (tmp_path / names[4]).is_file()
    told = " ".join(capsys.readouterr().out.split())
    assert f"Wrote {len(COURSE)} exercises" in told
    assert f"Kept {len(COURSE) - 1} exercises" in told


@pytest.mark.parametrize("words", [["--notebok"], ["a", "--notebook", "b"], ["a", "b"]])
def test_init_refuses_what_it_does_not_know(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", *words]) == 2
    assert words[-1] in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_a_notebook_has_the_whole_exercise_and_the_marks_of_nbgrader() -> None:
    """Each line of the file is in a cell; each TODO stands between the marks; the check is locked, for one point."""
    nbformat = pytest.importorskip("nbformat")
    for each in COURSE:
        text = notebook_text(each)
        nbformat.validate(nbformat.reads(text, 4))
        parts = cells(text)
        sources = {name: cell["source"] for name, cell in parts.items()}
        together = "\n".join(sources.values()).replace("run the cells below", "run this file")
        docstring = ast.get_docstring(ast.parse(each.template)) or ""
        code = each.template.split('"""', 2)[2]
        lines = [line.strip() for line in (docstring.partition("\n")[2] + code).splitlines()]
        assert not [line for line in lines if line not in together and "__main__" not in line], each.id
        answer = sources["answer"].splitlines()
        todos = [place for place, line in enumerate(answer) if "TODO" in line]
        assert todos
        for place in todos:
            assert "BEGIN SOLUTION" in answer[place - 1]
            assert any("END SOLUTION" in line for line in answer[place + 1 :])
        assert sources["answer"].count("END SOLUTION") == len(todos)
        marks = {name: cell["metadata"].get("nbgrader") for name, cell in parts.items()}
        usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
        assert marks["answer"] == usual | {"grade_id": f"{each.id}-answer", "solution": True}
        graded = {"grade_id": f"{each.id}-check", "grade": True, "locked": True, "points": 1}
        assert marks["check"] == usual | graded
        assert marks["text"] is marks["trial"] is None
        for name in "answer", "trial", "check":
            ast.parse(sources[name])


def test_an_answer_is_read_out_of_a_notebook() -> None:
    each = exercise("4")
    whole = json.loads(notebook_text(each))
    assert code_of(json.dumps(whole)).strip() == cells(json.dumps(whole))["answer"]["source"]
    for cell in whole["cells"]:  # another program may drop the marks
        cell["metadata"] = {}
    whole["cells"][1]["source"] = ["%time\n", "def add_backward(x, y, upstream):\n", "    return upstream, upstream"]
    code = code_of(json.dumps(whole))
    assert "add_backward(x, y, upstream)" in code
    assert "check(" not in code
    ast.parse(code)
    for damaged in "", "{", "[]", '{"cells": 1}', '{"cells": [{"cell_type": "code"}]}', '{"cells": ["x"]}':
        with pytest.raises(Unreadable, match="notebook"):
            code_of(damaged)


def test_otter_runs_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for Otter calls the test with the student's names, as its documentation says."""
    otter = ModuleType("otter.test_files")
    otter.test_case = lambda **options: lambda test: test  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "otter", ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", otter)
    for each in COURSE[:5]:
        test: dict[str, Any] = {}
        exec(compile(otter_test(each), f"tests/{each.id}.py", "exec"), test)
        assert (test["OK_FORMAT"], test["name"], test["points"]) == (False, each.id, 1)
        right = [(path.read_text(encoding="utf-8"), True) for path in each.right]
        for source, passes in [*right, (wrong_answers(each)[0].source, False), ("", False)]:
            names: dict[str, Any] = {}
            exec(compile(source, "answer", "exec"), names)
            error = SimpleNamespace(text="")
            try:
                test["test_the_answer"](names)
            except AssertionError as failure:
                error.text = str(failure)
            assert (not error.text) == passes, source
            assert passes or each.id in error.text


@pytest.mark.slow
def test_each_check_passes_its_solution_and_no_blank(capsys: pytest.CaptureFixture[str]) -> None:
    """The cells of each notebook, run in order in one space."""
    for each in COURSE:
        parts = cells(notebook_text(each))
        for answer, passes in (each.solution, True), (parts["answer"]["source"], False):
            space: dict[str, Any] = {"__name__": "notebook"}
            exec(compile(answer, "answer", "exec"), space)
            if passes:
                exec(parts["check"]["source"], space)
            else:
                with pytest.raises(AssertionError, match=each.id):
                    exec(parts["check"]["source"], space)
        assert "right!" in capsys.readouterr().out


@pytest.mark.slow
def test_the_checks_print_in_a_notebook(tmp_path: Path) -> None:
    """Run by nbclient, untouched, wrong and right: a report, and one line in place of a traceback of our files."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    each = exercise("4")
    answers = {"not begun": None, "not right yet": wrong_answers(each)[0].source, "right!": each.solution}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for word, source in answers.items():
        notebook = nbformat.reads(notebook_text(each), 4)
        if source:
            notebook.cells[1].source = source.partition("if __name__")[0]
        client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}})
        client.allow_errors = True
        client.execute(env=environment)
        outputs = notebook.cells[-1].outputs
        assert word in outputs[0].text
        raised = [output for output in outputs if output.output_type == "error"]
        assert len(raised) == (word != "right!")
        for output in raised:
            assert output.ename == "NotRight"
            assert len(output.traceback) == 1
            assert "demos" not in "".join(output.traceback)
        assert not [
            output for cell in notebook.cells for output in cell.get("outputs", []) if "exercises/" in str(output)
        ]


def test_a_command_for_files_says_that_the_exercises_are_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--notebook"]) == 0
    assert main(["check", "nudge"]) != 0
    assert "notebooks" in capsys.readouterr().err
