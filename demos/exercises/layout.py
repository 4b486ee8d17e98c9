"""Format documents for a terminal, and results of answers as a line each."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from engine.terminal import TextStyle

from .inside.graphs import num

LONGEST_SHOWN = 160  # the most characters of a result that are shown


def prose(text: str, style: TextStyle) -> str:
    """Return a document with its paragraphs wrapped. Drawings are kept, and so is code, without its fences."""
    parts = [part.strip("\n") for part in indented(text).split("\n\n")]
    kept = [part if part.startswith("    ") else " ".join(part.split()) for part in parts if part.strip()]
    return "\n\n".join(map(style.paragraph, kept))


def indented(text: str) -> str:
    """Return a document with the code between fences indented, and the fences removed."""
    parts = text.split("```")
    code = ("\n".join(f"    {line}".rstrip() for line in part.split("\n")[1:]) for part in parts[1::2])
    return "\n\n".join(part for pair in zip_longest(parts[::2], code, fillvalue="") for part in pair)


def show(thing: Any, digits: int = 5) -> str:
    """Return a result of an answer as one line of text.

    >>> show([1.0, 2 / 3]), show({"Value": 3.0}), show(None), show("up")
    ('[1.0, 0.66667]', 'Value(3.0)', 'None', "'up'")
    """
    if isinstance(thing, float):
        return num(thing, digits)
    if isinstance(thing, list):
        return short(f"[{', '.join(show(each, digits) for each in thing)}]")
    if isinstance(thing, dict) and [*thing] == ["Value"]:
        return f"Value({show(thing['Value'], digits)})"
    if isinstance(thing, dict):
        return short("{" + ", ".join(f"{key!r}: {show(each, digits)}" for key, each in thing.items()) + "}")
    return short(repr(thing))


def apart(got: Any, expected: Any) -> tuple[str, str]:
    """Return two different things as text, with as many digits as show the difference.

    >>> apart(0.5000001, 0.5)
    ('0.5000001', '0.5')
    """
    pairs = ((bare(got, digits), bare(expected, digits)) for digits in range(5, 18))
    return next((pair for pair in pairs if pair[0] != pair[1]), (bare(got), bare(expected)))


def bare(thing: Any, digits: int = 5) -> str:
    """Return what `show` returns, but text without quotes."""
    return short(thing) if isinstance(thing, str) else show(thing, digits)


def short(text: str) -> str:
    """Return a text, cut if it is too long."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
