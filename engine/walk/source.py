"""Which source line made each node: recorded inside `with source_lines()` only, because it costs time."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ..arguments import public
from ..rules import allocate_with
from ..sources import GENERATED
from ..value import Value

if TYPE_CHECKING:
    from types import FrameType

# Frames of the engine and of its generated methods only do what another line asks for.
INSIDE = (os.path.join(os.path.dirname(os.path.dirname(__file__)), ""), GENERATED)


class SourceLine(NamedTuple):
    """A file, the number of a line in it, and that line's text ("" where it is not to be had)."""

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.number}" + f"   {self.text}" * bool(self.text)


class SourceLines(Mapping[Value, SourceLine]):
    """The line that made each node. It keeps the nodes alive."""

    def __init__(self) -> None:
        self._places: dict[Value, tuple[str, int]] = {}

    def __getitem__(self, node: Value) -> SourceLine:
        file, number = self._places[node]
        return SourceLine(file, number, linecache.getline(file, number).strip())

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._places)


RECORDING: list[SourceLines] = []


@contextmanager
@public
def source_lines() -> Iterator[SourceLines]:
    """Record, for each node that an operation makes inside the block, the line that made it.

    Inside, an operation takes about four times as long; outside, nothing is slower. Blocks may be nested.

    >>> from engine import Value, walk
    >>> with source_lines() as lines:
    ...     y = Value(2.0) * 3.0
    >>> lines[y].number
    2
    """
    lines = SourceLines()
    if not RECORDING:
        allocate_with(_remembered)
    RECORDING.append(lines)
    try:
        yield lines
    finally:
        RECORDING[:] = [other for other in RECORDING if other is not lines]
        if not RECORDING:
            allocate_with(object.__new__)
        for node in [node for node in lines if not hasattr(node, "op")]:
            del lines._places[node]  # its operation failed, so it never became a node


def _remembered(kind: type[Value]) -> Value:
    node = object.__new__(kind)
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_filename.startswith(INSIDE):
        frame = frame.f_back
    if frame:
        for lines in RECORDING:
            lines._places[node] = frame.f_code.co_filename, frame.f_lineno
    return node
