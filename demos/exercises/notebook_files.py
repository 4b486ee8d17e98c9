"""Write an exercise as a notebook, with the marks of nbgrader and Otter, and read the answer out of one."""

from __future__ import annotations

import ast
import json
from textwrap import dedent
from typing import Any

from .course import Exercise
from .textfile import Unreadable

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"  # nbgrader and Otter put a blank in place of what is between them
TESTS = "tests"  # the folder of Otter's tests
OTHER_LINES = ("%", "!")  # lines of a cell that are not Python


def notebook_name(exercise: Exercise) -> str:
    """Return the name of an exercise's notebook."""
    return exercise.file.removesuffix(".py") + ".ipynb"


def notebook_text(exercise: Exercise) -> str:
    """Return an exercise as a notebook: its text, the answer to write, what tries it, and the check.

    The cells have nbgrader's marks: the answer is the student's to change, the check is locked and worth one point.
    """
    title, text, answer, trial = parts(exercise.template)
    heading = f"# {title}\n\n{fenced(text.replace('run this file', 'run the cells below'))}"
    checked = f"from demos.exercises import check\n\ncheck({exercise.id!r}, {', '.join(exercise.asks)})"
    cells = [
        {"cell_type": "markdown", "id": f"{exercise.id}-text", "metadata": {}, "source": heading},
        code_cell(f"{exercise.id}-answer", marked(answer), nbgrader={"solution": True}),
        code_cell(f"{exercise.id}-trial", trial, tags=["raises-exception"]),  # "Run All" goes on to the check
        code_cell(f"{exercise.id}-check", checked, nbgrader={"grade": True, "locked": True, "points": 1}),
    ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def otter_test(exercise: Exercise) -> str:
    """Return the exercise's test for Otter, in its exception-based format: tests/ex05.py."""
    names = ", ".join(f"{name}=env.get({name!r})" for name in exercise.asks)
    return f'''"""{exercise.id}, {exercise.title}: a test for Otter, `otter.Notebook().check({exercise.id!r})`."""

from demos.exercises import check
from otter.test_files import test_case

OK_FORMAT = False

name = {exercise.id!r}
points = 1


@test_case()
def test_the_answer(env):
    wrong = ""
    try:
        check({exercise.id!r}, {names})
    except AssertionError as error:
        wrong = str(error)
    assert not wrong, wrong
'''


def code_cell(name: str, source: str, nbgrader: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    """Return a cell of code. The marks of nbgrader, if any, are its `schema_version` 3."""
    if nbgrader:
        marks = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False}
        metadata["nbgrader"] = marks | {"task": False} | nbgrader
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def parts(template: str) -> tuple[str, str, str, str]:
    """Return the parts of an exercise's file: its title, its text, the code to change, and the code that tries it."""
    body = ast.parse(template).body
    title, _, text = (ast.get_docstring(ast.parse(template)) or "").partition("\n\n")
    lines = template.splitlines()
    last = body[-1]
    assert isinstance(last, ast.If)
    answer = "\n".join(lines[body[0].end_lineno : last.lineno - 1]).strip()
    return title.removesuffix("."), text, answer, dedent("\n".join(lines[last.lineno :])).strip()


def fenced(text: str) -> str:
    """Return a text as Markdown: what is indented in it, a drawing, stands between fences."""
    blocks: list[str] = []
    for part in text.split("\n\n"):
        drawing = part.lstrip("\n").startswith("  ")
        if drawing and blocks and blocks[-1].endswith("```"):
            blocks[-1] = blocks[-1].removesuffix("\n```") + f"\n\n{part}\n```"
        else:
            blocks.append(f"```text\n{part}\n```" if drawing else part)
    return "\n\n".join(blocks)


def marked(code: str) -> str:
    """Return code with each TODO between the marks of a solution: a statement, or a table with numbers to write."""
    lines = code.splitlines()
    statements = [node for node in ast.walk(ast.parse(code)) if isinstance(node, (ast.Raise, ast.Assign))]
    for node in sorted(statements, key=lambda each: -each.lineno):
        own = lines[node.lineno - 1 : node.end_lineno]
        if "TODO" in "".join(own):
            indent = " " * node.col_offset
            lines[node.lineno - 1 : node.end_lineno] = [f"{indent}{BEGIN}", *own, f"{indent}{END}"]
    return "\n".join(lines)


def code_of(text: str) -> str:
    """Return the answer in a notebook's text: the cells marked as answers; without such marks, all but checks.

    Raises Unreadable for a text that is not a notebook.
    """
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        answers = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        sources = ["".join(cell["source"]) for cell in answers or cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("is not a notebook: its text is damaged.") from None
    kept = sources if answers else [source for source in sources if "check(" not in source]
    lines = "\n\n\n".join(kept).splitlines()
    return "\n".join(f"# {line}" if line.startswith(OTHER_LINES) else line for line in lines) + "\n"
