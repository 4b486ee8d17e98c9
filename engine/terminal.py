"""Fit text to a terminal: its width, its colors, and the characters that its encoding has."""

from __future__ import annotations

import os
import re
import shutil
import sys
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import category, east_asian_width

from .arguments import described
from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNS: dict[str, str | int | None] = {"×": "*", "·": "*", "→": "->", "±": "+-", "…": "..."}
# Green, blue and orange; blue and orange have a contrast of at least 4:1 on black and on white. Words say it, too.
COLORS = {"forward": "1;38;5;32", "backward": "1;38;5;166", "good": "1;32", "bad": "1;38;5;166"}
NARROW, WIDE = 40, 80  # columns
HANG = 14  # the column where the text of a labelled row starts
INDENT = " " * 4  # the indentation of a line of code, which is not wrapped


class Text(str):
    """Text that a Python prompt shows as it is, not as a quoted string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class TextStyle:
    """How text is laid out: its width in columns, whether it has colors, and the encoding that it must fit."""

    width: int = WIDE
    color: bool = False
    encoding: str = "utf-8"

    @classmethod
    def of(cls, stream: TextIO | None = None) -> TextStyle:
        """Return the style for a stream, by default the standard output, with 40 to 80 columns.

        Colors are used in a terminal only, and not if NO_COLOR or TERM=dumb is set.
        """
        stream = stream or sys.stdout
        color = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = shutil.get_terminal_size().columns
        return cls(min(max(width, NARROW), WIDE), color, stream.encoding or "utf-8")

    @classmethod
    def plain(cls, width: int = WIDE, color: bool = False) -> TextStyle:
        """Return a style with this width and color, in the encoding of the standard output."""
        return cls(max(width, NARROW), color, getattr(sys.stdout, "encoding", None) or "utf-8")

    def fit(self, text: str) -> str:
        """Return the text in characters that the encoding has; control characters are written as codes."""
        if text.isascii() and text.isprintable():
            return text
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
        try:
            "".join(SIGNS).encode(self.encoding)
        except UnicodeEncodeError:
            text = text.translate(str.maketrans(SIGNS))
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def short(self, name: str, most: int = 0) -> str:
        """Return a name that leaves room on the line: only the start and the end of a long name."""
        if len(name) > 4 * WIDE:
            name = name[: 2 * WIDE] + name[-2 * WIDE :]
        name, most = self.fit(name), most or self.width * 3 // 10
        if columns(name) <= most:
            return name
        mark = self.fit("…")
        half = (most - len(mark)) // 2
        return cut(name, half) + mark + cut(name[::-1], half)[::-1]

    def row(self, label: str, text: str, hang: int = HANG) -> str:
        """Return a label and, from column `hang` on, a wrapped text; it starts below the label if that is long.

        Line breaks in the text are kept.
        """
        label, indent, width = self.fit(label), " " * hang, self.width - hang
        lines = [indent + line for part in text.split("\n") for line in [*wrap(self.fit(part), width)] or [""]]
        if columns(label) < hang:
            lines[0] = label + lines[0][columns(label) :]
            return "\n".join(lines)
        return "\n".join([*wrap(label, self.width), *lines])

    def paragraph(self, text: str) -> str:
        """Return text wrapped to the whole width. Line breaks are kept, and indented lines are not wrapped."""
        lines: list[str] = []
        for part in map(self.fit, text.split("\n")):
            lines += [part] if part.startswith(INDENT) else wrap(part, self.width)
            lines += [] if part else [""]
        return "\n".join(lines)

    def paint(self, text: str, kind: str) -> str:
        """Return text in the color of its kind, one of COLORS, if the style has colors."""
        return f"\033[{COLORS[kind]}m{text}\033[0m" if self.color and kind in COLORS else text


def checked_style(style: Any) -> TextStyle | None:
    """Return a TextStyle or None as it is; raise ArgumentError for anything else."""
    if style is not None and not isinstance(style, TextStyle):
        raise ArgumentError(f"style is a TextStyle, such as TextStyle(width=60), or None, not {described(style)}.")
    return style


def columns(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    return 0 if category(character) in ("Mn", "Me", "Cf") else 2 if east_asian_width(character) in "WF" else 1


def cut(text: str, most: int) -> str:
    """Return the start of a text that fits into `most` columns, and at least one character."""
    ends = accumulate(map(_columns, text))
    return text[: max(1, bisect_right(list(ends), most))]


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield lines of at most `width` columns, broken at spaces if possible. All other spaces are kept.

    `Code in backquotes` is not broken if it fits on a line.
    """
    line = ""
    for word in re.findall(r" *(?:`[^`]+`|[^ ])+", text):
        if line and columns(line + word) > width:
            yield line
            line = word.lstrip(" ")
        else:
            line += word
        while columns(line) > width:
            yield cut(line, width)
            line = line[len(cut(line, width)) :]
    if line:
        yield line
