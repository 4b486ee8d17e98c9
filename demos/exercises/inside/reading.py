"""What an answer gives, as plain data: numbers, text, and lists of them; exceptions cut to a line."""

from __future__ import annotations

import json
import linecache
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Real
from types import SimpleNamespace
from typing import Any

Reading = dict[str, Any]  # what was read off an answer at one probe, by name; {"error": ...} if it raised

LONGEST_TEXT = 200  # characters of a text that an answer gives
LONGEST_NAME = 40  # characters of the name of a class
DEEPEST = 20  # lists in lists
MOST_ITEMS = 200_000  # things in all
TEXT = json.encoder.encode_basestring_ascii  # as it is before an answer runs


class TooMuch(ValueError):
    """An answer gives back what is too deep or too large to be looked at."""


def observe(
    answers: SimpleNamespace, observers: Sequence[Callable[[SimpleNamespace], Any]], files: Collection[str] = ()
) -> list[Reading]:
    """What an answer gives at each probe; an exception is a reading, too, with the line of the answer's files."""
    readings, files = [], files or [getattr(answers, "__file__", "")]
    for observer in observers:
        try:
            result = plain(observer(answers))
            readings.append(result if isinstance(result, dict) and "error" not in result else {"strange": result})
        except Exception as error:
            readings.append({"error": raised(error, files)})
            if isinstance(error, TooMuch):  # so it will be at the next, and each takes its time
                return readings[-1:] * len(observers)
    return readings


def raised(error: BaseException, files: Collection[str]) -> dict[str, Any]:
    """An exception: its type, a line of what it says, and the answer's own line, if it is in one of its files."""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    mine = [place for place in frames if place[0] in files]
    line = {"line": mine[-1][1], "text": cut(linecache.getline(*mine[-1]))} if mine else {}
    return {"type": type_name(error), "message": cut(message(error)), **line}


def message(error: BaseException) -> str:
    """What an exception says; an answer may have made it so that it cannot."""
    try:
        return str(error)
    except Exception:
        return ""


def cut(text: Any, most: int = LONGEST_TEXT) -> str:
    """The start of a text, on one line."""
    if not isinstance(text, str):
        return ""
    line = " ".join(str.split(str.__str__(text)[: 4 * most]))
    return line if len(line) <= most else line[: most - 3] + "..."


def type_name(thing: Any) -> str:
    """The name of the class of a thing."""
    name = cut(type.__getattribute__(type(thing), "__name__"), LONGEST_NAME)
    return name if name.isidentifier() else "object"


def encode(thing: Any) -> str:
    """Plain data as JSON, by nothing that an answer can replace."""
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
    """What an answer gave, as what can be sent and compared: numbers, text, and lists of them.

    Raises TooMuch for lists in lists in lists, and for millions of numbers.
    """
    count = [0] if count is None else count
    count[0] += 1
    if depth > DEEPEST:
        raise TooMuch(f"It gives back lists in lists, more than {DEEPEST} deep, and that cannot be looked at")
    if count[0] > MOST_ITEMS:
        raise TooMuch("It gives back too much to be looked at")
    if thing is None or isinstance(thing, bool):
        return thing
    if isinstance(thing, str):
        if len(thing) > 100 * LONGEST_TEXT:
            raise TooMuch("It gives back too much to be looked at")
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
