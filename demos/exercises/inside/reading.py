"""Read the results of an answer as plain data: numbers, text, lists and dicts. An exception is cut to a line."""

from __future__ import annotations

import json
import linecache
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Real
from types import FunctionType, SimpleNamespace
from typing import Any

Reading = dict[str, Any]  # the results of an answer at one probe, by name; {"error": ...} if it raised

# Names of readings that are neither right nor wrong: what an answer did on the way, in which two answers with one
# mistake agree, too; and a sentence about it for the student.
EVIDENCE, NOTE = "evidence", "note"
LONGEST_TEXT = 200  # the most characters of a text
LONGEST_NAME = 40  # the most characters of the name of a class
DEEPEST = 20  # the most lists in lists
MOST_ITEMS = 200_000  # the most items of a result
TEXT = json.encoder.encode_basestring_ascii  # read before an answer runs, which could replace it


class Unusable(TypeError):
    """Raised by a question for what it cannot use, with a sentence that says what is needed instead."""


class TooMuch(ValueError):
    """Raised for a result that is nested too deep or too large to be read."""


def observe(
    answers: SimpleNamespace, observers: Sequence[Callable[[SimpleNamespace], Any]], files: Collection[str] = ()
) -> list[Reading]:
    """Return the reading of an answer at each probe. For an exception, it has the line in the answer's files."""
    readings, files = [], files or [getattr(answers, "__file__", "")]
    returned: list[Any] = []
    answers = recorded(answers, returned)
    for observer in observers:
        returned.clear()
        try:
            result = plain(observer(answers))
            readings.append(result if isinstance(result, dict) and "error" not in result else {"strange": result})
        except Exception as error:
            readings.append({"error": raised(error, files)})
            has_sentence = type_name(error) == Unusable.__name__
            if (
                returned and not has_sentence and "line" not in readings[-1]["error"]
            ):  # the question could not use what was returned
                readings[-1]["error"]["returned"] = returned_form(returned[-1])
            if isinstance(error, TooMuch):  # the other probes would take as long, with the same result
                return readings[-1:] * len(observers)
    return readings


def recorded(answers: SimpleNamespace, returned: list[Any]) -> SimpleNamespace:
    """Return the answers with functions that also append what they return to a list."""

    def recording(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            result = function(*args, **named)
            returned.append(result)
            return result

        return run

    functions = {name: each for name, each in vars(answers).items() if isinstance(each, FunctionType)}
    return SimpleNamespace(**{**vars(answers), **{name: recording(each) for name, each in functions.items()}})


def returned_form(thing: Any) -> str:
    """Return the form of what an answer returned, in words."""
    try:
        return form(plain(thing))
    except Exception:
        return "something that cannot be read"


def raised(error: BaseException, files: Collection[str]) -> dict[str, Any]:
    """Return an exception as plain data: its type, its message, and the line in the answer's files, if any."""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    mine = [place for place in frames if place[0] in files]
    line = {"line": mine[-1][1], "text": cut(linecache.getline(*mine[-1]))} if mine else {}
    return {"type": type_name(error), "message": cut(message(error)), **line}


def message(error: BaseException) -> str:
    """Return the message of an exception; "" if it raises an error itself."""
    try:
        return str(error)
    except Exception:
        return ""


def cut(text: Any, most: int = LONGEST_TEXT) -> str:
    """Return a text on one line, cut to `most` characters."""
    if not isinstance(text, str):
        return ""
    line = " ".join(str.split(str.__str__(text)[: 4 * most]))
    return line if len(line) <= most else line[: most - 3] + "..."


def type_name(thing: Any) -> str:
    """Return the name of the class of a thing."""
    name = cut(type.__getattribute__(type(thing), "__name__"), LONGEST_NAME)
    return name if name.isidentifier() else "object"


def encode(thing: Any) -> str:
    """Return plain data as JSON, with functions that an answer cannot replace."""
    if thing is None:
        return "null"
    if thing is True or thing is False:
        return "true" if thing else "false"
    if isinstance(thing, float):
        text = float.__repr__(thing)
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)
    if isinstance(thing, int):
        return int.__repr__(thing)
    if isinstance(thing, str):
        return TEXT(thing)
    if isinstance(thing, dict):
        return "{" + ", ".join([f"{TEXT(key)}: {encode(each)}" for key, each in thing.items()]) + "}"
    return "[" + ", ".join([encode(each) for each in thing]) + "]"


def plain(thing: Any, depth: int = 0, count: list[int] | None = None) -> Any:
    """Return a result of an answer as plain data that can be sent and compared: numbers, text, lists and dicts.

    Raises TooMuch for lists that are nested too deep, and for too many numbers.
    """
    count = [0] if count is None else count
    count[0] += 1
    if depth > DEEPEST:
        raise TooMuch(f"It returns lists in lists, more than {DEEPEST} deep: too deep to be read")
    if count[0] > MOST_ITEMS:
        raise TooMuch("It returns too much to be read")
    if thing is None or isinstance(thing, bool):
        return thing
    if isinstance(thing, str):
        if len(thing) > 100 * LONGEST_TEXT:
            raise TooMuch("It returns too much to be read")
        return str.__str__(thing)[:LONGEST_TEXT]
    engine = sys.modules.get("engine")
    if engine and isinstance(thing, engine.Value):
        return {"Value": plain(thing.data, depth + 1, count)}
    if isinstance(thing, Real):
        return float(thing)
    if isinstance(thing, Mapping):
        return {cut(str(key)): plain(each, depth + 1, count) for key, each in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(each, depth + 1, count) for each in thing]
    if hasattr(thing, "tolist"):  # an array, or one of NumPy's scalars
        return plain(thing.tolist(), depth + 1, count)
    return f"a {type_name(thing)}"


def form(thing: Any) -> str:
    """Return the form of a reading in words.

    >>> form(1.0), form([1.0, 2.0]), form([{"Value": 1.0}]), form("a function")
    ('a number', 'a list of 2 numbers', 'a list of one Value', 'a function')
    """
    if thing is None or isinstance(thing, bool):
        return "None" if thing is None else "True or False"
    if isinstance(thing, float):
        return "a number"
    if isinstance(thing, dict) and [*thing] == ["Value"]:
        return "a Value"
    if isinstance(thing, list):
        forms = [*dict.fromkeys(map(form, thing))]
        if not thing:
            return "an empty list"
        one = forms[0] if len(forms) == 1 else "things of several kinds"
        noun = one.partition(" ")[2] if one.startswith(("a ", "an ")) else one
        count = "one" if len(thing) == 1 else str(len(thing))
        return f"a list of {count} {_plural(noun) if len(thing) > 1 else noun}"
    if isinstance(thing, str):
        return thing if thing.startswith(("a ", "an ")) and len(thing) < 30 else "text"
    return "a dict"


def _plural(noun: str) -> str:
    head, of, rest = noun.partition(" of ")
    return noun if head.endswith("s") else f"{head}s{of}{rest}"
