"""Format text for a terminal: paragraphs and labeled rows of a given width, short numbers, emphasis."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Any, TextIO

from .inside.graphs import num

NARROW, WIDE = 40, 80  # columns
HANG = 14  # the column in which the text of a labeled row starts
LONGEST_SHOWN = 160  # the most characters of a result that are shown
EMPHASIS = {"good": "1;32", "bad": "1;38;5;166"}  # the text itself says the same


@dataclass(frozen=True)
class Layout:
    """The width of text in columns, and whether color is used."""

    width: int = WIDE
    color: bool = False

    @classmethod
    def of(cls, stream: TextIO | None = None) -> Layout:
        """Return the layout for a stream: with color on a terminal, unless NO_COLOR or TERM=dumb is set."""
        stream = stream or sys.stdout
        color = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(min(max(shutil.get_terminal_size().columns, NARROW), WIDE), color)

    def paragraph(self, text: str) -> str:
        """Return text wrapped to the width. Line breaks are kept, and so are indented lines."""
        lines = text.split("\n")
        return "\n".join(clean(line) if line[:4] == "    " else "\n".join(self._wrap(line)) for line in lines)

    def row(self, label: str, text: str, hang: int = HANG) -> str:
        """Return a label, and from column `hang` on a text that is wrapped. Line breaks are kept."""
        lines = [part for line in text.split("\n") for part in self._wrap(line, hang) or [""]]
        return "\n".join(f"{label if not place else '':<{hang}}{line}".rstrip() for place, line in enumerate(lines))

    def mark(self, text: str, how: str) -> str:
        return f"\033[{EMPHASIS[how]}m{text}\033[0m" if self.color else text

    def prose(self, text: str) -> str:
        """Return a document with its paragraphs wrapped. Drawings are kept, and so is code, without its fences."""
        parts = indented(text).split("\n\n")
        kept = [part.strip("\n") if part.strip("\n")[:4] == "    " else " ".join(part.split()) for part in parts]
        return "\n\n".join(self.paragraph(part) for part in kept if part.strip())

    def _wrap(self, line: str, hang: int = 0) -> list[str]:
        held = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", "\N{NO-BREAK SPACE}"), clean(line))
        lines = wrap(held, self.width - hang, break_on_hyphens=False)
        return [each.replace("\N{NO-BREAK SPACE}", " ") for each in lines]


def indented(text: str) -> str:
    """Return a document with the code between fences indented, and the fences removed."""
    parts = text.split("```")
    code = ("\n".join(f"    {line}".rstrip() for line in part.split("\n")[1:]) for part in parts[1::2])
    return "\n\n".join(part for pair in zip_longest(parts[::2], code, fillvalue="") for part in pair)


def clean(text: str) -> str:
    """Return text with its control characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


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
