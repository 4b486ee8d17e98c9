"""Write the report of a check: the input, the results got and expected, the reason, the mistake, what to try."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from engine.terminal import TextStyle

from .course import RUN, Exercise
from .diagnosis.facts import LEFT_OUT
from .generated import repairs
from .inside.edits import parsed
from .inside.reading import LONGEST_NAME, Unusable, cut
from .judge import Failure, Misconception
from .layout import apart
from .nudge_text import nudge_text
from .probe import NUMERIC, same
from .verdict import Verdict

UNSURE = "At this input, what you get is what this mistake gives; yours may be another, or there are two. "


def report(
    verdict: Verdict, style: TextStyle | None = None, option: str = "", notebook: bool = False, rung: int = 1
) -> str:
    """Return the report on an answer.

    Parameters
    ----------
    verdict: the judgement of the answer.
    style: the width and colors; None is those of the terminal.
    option: what to add to the commands that the report suggests.
    notebook: True leaves these commands out.
    rung: how much to say about the line that is wrong, from 1 to 3.
    """
    style, exercise, failure = style or TextStyle.of(), verdict.exercise, verdict.failure
    head = f"{exercise.id}  {exercise.title}: "
    if verdict.done:
        return style.paint(style.paragraph(head + "right!"), "good") + "\n" + style.paragraph(lesson(exercise))
    if verdict.state == "not begun":
        return style.paragraph(
            f"{head}not begun. Its TODO is yours{'' if notebook else f': open {exercise.file}, and try'}."
        )
    if verdict.trouble:
        lines = [style.paint(style.paragraph(head + "this could not be tried."), "bad"), ""]
        return "\n".join([*lines, style.paragraph(verdict.trouble.sentence)])
    assert failure
    if failure.todo:
        in_line = f" in line {failure.error['line']}" if failure.error and "line" in failure.error else ""
        so_far = f"right at {failure.passed} of {failure.of} inputs so far, and a TODO is left{in_line}."
        return style.paragraph(head + so_far)
    some = f", but at {failure.passed} of {failure.of} inputs" if failure.passed else ""
    lines = [style.paint(style.paragraph(f"{head}not right yet{some}."), "bad"), ""]
    lines += [style.row(f"  {label}", text) for label, text in all_rows(verdict, rung)]
    if notebook:
        return "\n".join(lines)
    if more := verdict.ladder.more(rung, named(verdict)) if verdict.ladder else "":
        lines += [
            "",
            style.paragraph(f"The next check of the same says {more}:\n    {RUN} check {exercise.id}{option}"),
        ]
    lines += ["", f"A hint:\n    {RUN} hint {exercise.id}{option}"]
    if failure.probe.graph:
        lines.append(f"Your own input, step by step:\n    {RUN} walk {exercise.id}{option}")
    return "\n".join(lines)


def all_rows(verdict: Verdict, rung: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the rows of the report on a wrong answer: the failure, what it shows, and what a search has found."""
    assert verdict.failure
    failure, ladder = verdict.failure, verdict.ladder
    yield from rows(replace(failure, misconception=None))
    known = mistake_of(verdict)
    certain = known is not None and known.sure and not known.generated
    yield from (("it shows", each.sentence) for each in verdict.facts if not (certain and each.kind in LEFT_OUT))
    if known:
        yield from _known(known)
    if ladder:
        yield from ladder.rows(rung, named(verdict))


def mistake_of(verdict: Verdict) -> Misconception | None:
    """Return the known mistake to report. It is not sure if a repair of another kind says that it may be another."""
    known, ladder = verdict.failure and verdict.failure.misconception, verdict.ladder
    if not (known and ladder and ladder.repaired):
        return known or None
    if known.generated or not known.sure:
        return None  # the repair says more
    alike = repairs(verdict.exercise).get(known.name, frozenset())
    return replace(known, sure=not alike.isdisjoint(ladder.kinds))


def named(verdict: Verdict) -> bool:
    """Return whether a report says what the mistake is, be there a repair or not."""
    known = mistake_of(verdict)
    seen_on_the_way = any(each.kind == each.sentence for each in verdict.facts)
    return seen_on_the_way or (known is not None and known.sure and not known.generated)


def rows(failure: Failure) -> Iterator[tuple[str, str]]:
    """Yield the rows of the report on a failure: a label and a text each."""
    probe = failure.probe
    name, got, expected = first_difference(failure.name, failure.got, failure.expected, probe.tolerance)
    got_text, expected_text = apart(got, expected)
    yield "input", probe.input
    if failure.error:
        yield from _raised(failure.error)
    else:
        missing = got is None and expected is not None
        yield "got", equation(name, got_text) + (": did you forget return?" if missing else kind_note(got, expected))
    yield "expected", equation(name, expected_text)
    if not failure.error:
        yield "because", _because(failure)
    names = [*map(str, probe.expect())]
    before = names[: names.index(failure.name)]
    if len(names) > 1 and not failure.error:
        yield "first wrong", name + (f" (right so far: {', '.join(before)})" if before else "")
    if failure.misconception:
        yield from _known(failure.misconception)


def _known(known: Misconception) -> Iterator[tuple[str, str]]:
    unsure = "" if known.generated else UNSURE
    yield ("mistake", known.diagnosis) if known.sure else ("looks like", unsure + known.diagnosis)
    yield "try", known.advice


def _raised(error: dict[str, Any]) -> Iterator[tuple[str, str]]:
    message = error["message"]
    if error["type"] == Unusable.__name__:
        yield "got", f"{message[:1].upper()}{message[1:]}."
        return
    if "returned" in error and "line" not in error:  # the error is that of a question, which could not use it
        forgot = ": did you forget return?" if error["returned"] == "None" else "."
        yield "got", f"Your function returns {error['returned']}{forgot}"
        return
    hint = ""
    if "NoneType" in message:
        missing = " That is None, and more was expected: did you forget return?"
        none_inside = (
            " Something there is None: append(), sort() and shuffle() give that, and a function without return."
        )
        hint = none_inside if "line" in error else missing
    if error["type"] == "NameError" and (module := imported_from(message)):
        hint = f" Write `from {module[0]} import {module[1]}` at the top of the file."
    yield "got", quoted(error) + hint
    if "line" in error:
        yield f"line {error['line']}", str(error["text"] or "").strip()


def imported_from(message: str) -> tuple[str, str] | None:
    """Return the module to import an unknown name from, and the name; None if it is none of ours.

    >>> imported_from("name 'Value' is not defined"), imported_from("name 'value' is not defined")
    (('engine', 'Value'), None)
    """
    unknown = re.search(r"^name '(\w+)' is not defined", message)
    name = unknown[1] if unknown else ""
    if name in import_module("engine").__all__:
        return "engine", name
    return ("math", name) if name in ("exp", "log", "sqrt", "tanh") else None


def error_text(error: dict[str, Any]) -> str:
    """Return what went wrong in one sentence: not an error of a question, but what it could not use.

    >>> error_text({"type": "TypeError", "message": "not iterable", "returned": "a number"})
    'a number is returned, which is not what is asked for.'
    """
    if error["type"] == Unusable.__name__:
        return f"{error['message']}."
    if "returned" in error and "line" not in error:
        return f"{error['returned']} is returned, which is not what is asked for."
    return quoted(error)


def quoted(error: dict[str, Any]) -> str:
    """Return an exception's type, and its message in quotation marks, because it is not a message of ours.

    >>> quoted({"type": "ValueError", "message": "no such digit"}), quoted({"type": "ValueError", "message": ""})
    ('ValueError, which says: "no such digit".', 'ValueError.')
    """
    kind, says = cut(error["type"], LONGEST_NAME), cut(error["message"])
    return f'{kind}, which says: "{says}".' if says else f"{kind}."


def _because(failure: Failure) -> str:
    """Return how the expected number is known; for a gradient in a graph, a central difference in numbers."""
    probe, node = failure.probe, failure.name.removesuffix(".grad")
    if probe.origin != NUMERIC or not probe.graph or node == failure.name or not isinstance(failure.expected, float):
        return probe.origin
    numbers = nudge_text(probe.graph(), node, failure.expected)
    return f"a numeric nudge says so:\n{numbers}" if numbers else probe.origin


def equation(name: str, text: str) -> str:
    """Return "name = number" as text; "name: number" or "name: yes" if the name is several words.

    >>> equation("a.grad", "3.0"), equation("number of weights", "3.0"), equation("the bias is 0", "True")
    ('a.grad = 3.0', 'number of weights: 3', 'the bias is 0: yes')
    """
    if " " not in name:
        return f"{name} = {text}"
    return f"{name}: " + {"True": "yes", "False": "no"}.get(text, text.removesuffix(".0"))


def first_difference(name: str, got: Any, expected: Any, tolerance: float = 1e-6) -> tuple[str, Any, Any]:
    """Return the first entry of two lists or dicts that differs: its name, and its value in each.

    >>> first_difference("outputs", [[1.0, 2.0], [3.0, 5.0]], [[1.0, 2.0], [3.0, 4.0]])
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
    return first_difference(name + key, got, expected, tolerance)


def kind_note(got: Any, expected: Any) -> str:
    """Return what to add to the result if it has another type or length than expected; "" if not."""
    if isinstance(got, list) and isinstance(expected, list) and got and 0 < len(expected) != len(got):
        return f", of length {len(got)}, and {len(expected)} was expected"
    if isinstance(got, dict) and "Value" in got and isinstance(expected, float):
        return ": a Value, not its number, .data"
    if isinstance(got, float) and isinstance(expected, dict) and "Value" in expected:
        return ": a plain number, not a Value"
    return ""


def one_line(verdict: Verdict) -> str:
    """Return a verdict in one line, for a list or a grade."""
    failure = verdict.failure
    if verdict.trouble:
        return verdict.trouble.sentence
    if failure is None or verdict.state == "not begun":
        return "right" if verdict.done else "not begun"
    if failure.todo:
        return f"a TODO is left; right at {failure.passed} of {failure.of} inputs"
    if failure.error:
        return TextStyle().fit(f"{failure.probe.input}: got {error_text(failure.error)}")
    name, got, expected = first_difference(failure.name, failure.got, failure.expected, failure.probe.tolerance)
    got_text, expected_text = apart(got, expected)
    return TextStyle().fit(
        f"{failure.probe.input}: got {equation(name, got_text)}, expected {equation(name, expected_text)}"
    )


def lesson(exercise: Exercise) -> str:
    """Return the lesson of an exercise: the first paragraph of its solution."""
    text = ast.get_docstring(parsed(exercise.solution)) or ""
    return " ".join(text.partition("\n\n")[0].split())
