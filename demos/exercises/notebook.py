"""Check answers in a notebook: find them by name, judge them in this process, print the report."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

from engine.terminal import TextStyle

from .course import Exercise, exercise as named_exercise
from .report import one_line, report
from .verdict import judge_here


class NotRight(AssertionError):
    """Raised for an answer that is not right, with one line that says what is wrong."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of a traceback, whose lines are all ours: the one line."""
        return [f"{type(self).__name__}: {self}"]


def check(name: str, *answers: Any, **named: Any) -> None:
    """Print the report; raise NotRight unless the answers are right."""
    exercise = named_exercise(name)
    answers_by_name = gathered(exercise, answers, named)
    source = "\n".join(source_text(answers_by_name[each]) for each in exercise.asks)
    files = [file for each in answers_by_name.values() for file in written(each)]
    try:
        verdict = judge_here(exercise, SimpleNamespace(**answers_by_name), source, files)
    except SystemExit:
        raise NotRight(f"{exercise.id}: the answer calls exit(), which ends the program; return instead.") from None
    print(report(verdict, TextStyle(), notebook=True))
    if not verdict.done:
        raise NotRight(f"{exercise.id}: {one_line(verdict)}")


def gathered(exercise: Exercise, answers: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Return the answers by the names that the exercise asks for; raise NotRight if one is missing or unknown."""
    asks, answers_by_name = exercise.asks, dict(named)
    for answer in answers:
        own = getattr(answer, "__name__", None)
        key = asks[0] if len(asks) == 1 else own
        if key not in asks:
            names = " and ".join(asks)
            raise NotRight(f"{exercise.id} asks for {names}; say which one {own or 'this'} is: {asks[0]}=...")
        answers_by_name[key] = answer
    extra = [key for key in answers_by_name if key not in asks]
    missing = [each for each in asks if each not in answers_by_name]
    if extra or missing:
        wrong = f"{extra[0]} is not one of them" if extra else f"{missing[0]} is missing"
        raise NotRight(f"{exercise.id} asks for {' and '.join(asks)}: {wrong}.")
    return answers_by_name


def written(answer: Any) -> set[str]:
    """Return the files, or cells of a notebook, that hold the code of a function or of a class's methods."""
    parts = [answer, *vars(answer).values()] if isinstance(answer, type) else [answer]
    return {part.__code__.co_filename for part in parts if hasattr(part, "__code__")}


def source_text(answer: Any) -> str:
    """Return the source of an answer; if that is unknown, something that identifies its code."""
    try:
        return inspect.getsource(answer)
    except (OSError, TypeError):
        code = getattr(answer, "__code__", None)
        return repr(code.co_code) if code else repr(answer)
