"""What the page asks Python for. worker.js calls these functions with text, and gets JSON back."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine import GradwalkError, Value, walk
from engine.command import check_steps, check_variables, notes
from engine.expression import Expression, numbers

UNGIVEN = 1.0  # the number of a variable that has none yet


def answered(function: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Make a function return JSON; an error of ours, or of the student's numbers, is `{"error": its sentence}`."""

    @wraps(function)
    def answering(*arguments: Any) -> str:
        try:
            return json.dumps(function(*arguments))
        except GradwalkError as error:
            return json.dumps({"error": str(error)})
        except RecursionError:
            return json.dumps({"error": "this is nested too deep: write it in steps, as in d = a*b; d + c"})

    return answering


def html_of(root: Value) -> str:
    """Return the page that walks through a graph."""
    with TemporaryDirectory() as folder:
        return walk(root).save(Path(folder) / "walk.html").read_text(encoding="utf-8")


@answered
def walk_page(text: str, typed: str) -> dict[str, Any]:
    """Return the page of an expression, its variables with their numbers as typed, and notes.

    `typed` is JSON: the text of each number by the name of its variable. Names that the expression does not have are
    left out: they are those of the expression before. A variable without a number gets 1.0, and is named in `ungiven`.
    """
    fields: dict[str, str] = {name: number for name, number in json.loads(typed).items() if number.strip()}
    function = Expression(text, fields)
    check_variables(function)
    words = {name: fields[name] for name in fields if name in function.variables}
    known = numbers([f"{name}={number}" for name, number in words.items()])
    check_steps(function, known)
    values = [Value(known.get(name, UNGIVEN), name) for name in function.variables]
    return {
        "html": html_of(function(*values)),
        "variables": [[name, words.get(name, "1")] for name in function.variables],
        "ungiven": [name for name in function.variables if name not in known],
        "notes": notes(function, known),
    }


@answered
def prepare() -> dict[str, Any]:
    """Import what the other tabs need, so that the first click there does not wait for it."""
    for name in ("nn", "demos.exercises.judge", "demos.exercises.verdict", "demos.exercises.report"):
        import_module(name)
    return {}
