"""What a check says: the input, got and expected, where that comes from, whose mistake it looks like, what to try."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from . import nudging
from .course import RUN, Exercise
from .inside.reading import NAME, cut
from .judge import Failure
from .layout import Layout, apart, clean
from .probe import NUMERIC, same
from .verdict import Verdict

UNSURE = "At this input, what you get is what this mistake gives; yours may be another, or there are two. "


def report(verdict: Verdict, layout: Layout | None = None, option: str = "", notebook: bool = False) -> str:
    """All that there is to say about an answer.

    `option` is what follows the commands that it proposes; a notebook has no commands.
    """
    layout, exercise, failure = layout or Layout.of(), verdict.exercise, verdict.failure
    head = f"{exercise.id}  {exercise.title}: "
    if verdict.done:
        return layout.mark(layout.paragraph(head + "right!"), "good") + "\n" + layout.paragraph(lesson(exercise))
    if verdict.state == "not begun":
        return layout.paragraph(
            f"{head}not begun. Its TODO is yours{'' if notebook else f': open {exercise.file}, and try'}."
        )
    if verdict.trouble:
        lines = [layout.mark(layout.paragraph(head + "this could not be tried."), "bad"), ""]
        return "\n".join([*lines, layout.paragraph(verdict.trouble.sentence)])
    assert failure
    if failure.todo:
        line = f" in line {failure.error['line']}" if failure.error and "line" in failure.error else ""
        so_far = f"right at {failure.passed} of {failure.of} inputs so far, and a TODO is left{line}."
        return layout.paragraph(head + so_far)
    some = f", but at {failure.passed} of {failure.of} inputs" if failure.passed else ""
    lines = [layout.mark(layout.paragraph(f"{head}not right yet{some}."), "bad"), ""]
    lines += [layout.row(f"  {label}", text) for label, text in rows(failure)]
    if notebook:
        return "\n".join(lines)
    lines += ["", f"A hint:\n    {RUN} hint {exercise.id}{option}"]
    if failure.probe.graph:
        lines.append(f"Your own input, step by step:\n    {RUN} walk {exercise.id}{option}")
    return "\n".join(lines)


def rows(failure: Failure) -> Iterator[tuple[str, str]]:
    """A failure in labelled rows, in the order in which it is told."""
    probe = failure.probe
    name, got, expected = place(failure.name, failure.got, failure.expected, probe.tolerance)
    shown, truth = apart(got, expected)
    yield "input", probe.given
    if failure.error:
        yield from _raised(failure.error)
    else:
        missing = got is None and expected is not None
        yield "got", told(name, shown) + (": did you forget return?" if missing else kinds(got, expected))
    yield "expected", told(name, truth)
    if not failure.error:
        yield "because", _because(failure)
    names = [*map(str, probe.expect())]
    before = names[: names.index(failure.name)]
    if len(names) > 1 and not failure.error:
        yield "first wrong", name + (f" (right so far: {', '.join(before)})" if before else "")
    if known := failure.misconception:
        yield ("mistake", known.diagnosis) if known.sure else ("looks like", UNSURE + known.diagnosis)
        yield "try", known.advice


def _raised(error: dict[str, Any]) -> Iterator[tuple[str, str]]:
    message = error["message"]
    hint = ""
    if "NoneType" in message:
        missing = " That is None, and more was expected: did you forget return?"
        given = " Something there is None: append(), sort() and shuffle() give that, and a function without return."
        hint = given if "line" in error else missing
    yield "got", quoted(error) + hint
    if "line" in error:
        yield f"line {error['line']}", str(error["text"] or "").strip()


def quoted(error: dict[str, Any]) -> str:
    """An exception of a student's program, with what it says in quotation marks: those are not our words.

    >>> quoted({"type": "ValueError", "message": "no such digit"}), quoted({"type": "ValueError", "message": ""})
    ('ValueError, which says: "no such digit".', 'ValueError.')
    """
    kind, says = cut(error["type"], NAME), cut(error["message"])
    return f'{kind}, which says: "{says}".' if says else f"{kind}."


def _because(failure: Failure) -> str:
    """Where the truth comes from; for a gradient in a graph, the nudge in numbers."""
    probe, node = failure.probe, failure.name.removesuffix(".grad")
    if probe.origin != NUMERIC or not probe.graph or node == failure.name or not isinstance(failure.expected, float):
        return probe.origin
    numbers = nudging.spelled(probe.graph(), node, failure.expected)
    return f"a numeric nudge says so:\n{numbers}" if numbers else probe.origin


def told(name: str, shown: str) -> str:
    """A name and what it is: an equation, unless the name is words; those count something, or claim it.

    >>> told("a.grad", "3.0"), told("number of weights", "3.0"), told("the bias is 0", "True")
    ('a.grad = 3.0', 'number of weights: 3', 'the bias is 0: yes')
    """
    if " " not in name:
        return f"{name} = {shown}"
    return f"{name}: " + {"True": "yes", "False": "no"}.get(shown, shown.removesuffix(".0"))


def place(name: str, got: Any, expected: Any, tolerance: float = 1e-6) -> tuple[str, Any, Any]:
    """The first thing in two lists or dicts that differs: its name, and what it is in each.

    >>> place("outputs", [[1.0, 2.0], [3.0, 5.0]], [[1.0, 2.0], [3.0, 4.0]])
    ('outputs[1][1]', 5.0, 4.0)
    """
    if isinstance(got, list) and isinstance(expected, list) and len(got) == len(expected):
        pairs = [(f"[{index}]", *pair) for index, pair in enumerate(zip(got, expected))]
    elif isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        pairs = [("" if key == "Value" else f"[{key!r}]", got[key], expected[key]) for key in expected]
    else:
        return name, got, expected
    wrong = (pair for pair in pairs if not same(pair[1], pair[2], tolerance))
    key, got, expected = next(wrong, ("", None, None))
    return place(name + key, got, expected, tolerance)


def kinds(got: Any, expected: Any) -> str:
    """What to say where even the kinds of two things differ."""
    if isinstance(got, list) and isinstance(expected, list) and got and 0 < len(expected) != len(got):
        return f", of length {len(got)}, and {len(expected)} was expected"
    if isinstance(got, dict) and "Value" in got and isinstance(expected, float):
        return ": a Value, and its number is meant, .data"
    if isinstance(got, float) and isinstance(expected, dict) and "Value" in expected:
        return ": a plain number, and a Value is meant"
    return ""


def line(verdict: Verdict) -> str:
    """A verdict in one line, for a list or a grade."""
    failure = verdict.failure
    if verdict.trouble:
        return verdict.trouble.sentence
    if failure is None or verdict.state == "not begun":
        return "right" if verdict.done else "not begun"
    if failure.todo:
        return f"a TODO is left; right at {failure.passed} of {failure.of} inputs"
    if failure.error:
        return clean(f"{failure.probe.given}: got {quoted(failure.error)}")
    name, got, expected = place(failure.name, failure.got, failure.expected, failure.probe.tolerance)
    shown, truth = apart(got, expected)
    return clean(f"{failure.probe.given}: got {told(name, shown)}, expected {told(name, truth)}")


def lesson(exercise: Exercise) -> str:
    """What there was to learn: the solution's first paragraph."""
    text = ast.get_docstring(ast.parse(exercise.solution)) or ""
    return " ".join(text.partition("\n\n")[0].split())
