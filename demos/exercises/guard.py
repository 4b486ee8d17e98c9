"""What a student's file may not do while it is tried: import what the exercise does not allow, and what Python itself
reports as an audit event: start a process, reach the network, change a file outside of its folder."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from importlib.util import find_spec
from types import FrameType
from typing import Any

# Modules that hold no answer, and with which nothing outside of an answer can be changed.
HARMLESS = {
    *("__future__", "abc", "array", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses", "decimal"),
    *("enum", "fractions", "functools", "graphlib", "heapq", "itertools", "math", "numbers", "operator", "pprint"),
    *("random", "re", "statistics", "string", "textwrap", "time", "types", "typing", "warnings"),
}

# Audit events, by what is said of them.
REFUSED = {
    "os.fork os.forkpty os.posix_spawn os.spawn os.system os.exec os.startfile subprocess.Popen pty.spawn":
        "starts another program or process, and a check runs one alone",
    "os.kill os.killpg signal.pthread_kill":
        "signals other processes, and a check runs alone",
    "socket.connect socket.bind socket.sendto socket.sendmsg socket.getaddrinfo socket.gethostbyname":
        "uses the network, and a check runs without",
}  # fmt: skip
WHY = {event: why for events, why in REFUSED.items() for event in events.split()}
WRITES = "changes a file, and a check lets it change only files that it makes itself"
CHANGES = {
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown", "os.utime"),
    *("os.link", "os.symlink", "os.setxattr", "shutil.rmtree", "shutil.move", "shutil.copyfile", "sqlite3.connect"),
}
PATHS = (str, bytes, os.PathLike)
COURSE = os.path.dirname(os.path.realpath(__file__))
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Refuses, and keeps what it refused as (sentence, line): an answer may have caught the exception.

    `copy` is the student's file: only what is called from there is refused; `box` is the folder that it may change.
    """

    def __init__(self, copy: str, imports: Iterable[str]) -> None:
        self.copy, self.box = copy, os.path.dirname(copy)
        self.imports = [*imports]
        self.refused: list[tuple[str, int | None]] = []

    def importing(self) -> Callable[..., Any]:
        """The `__import__` of the student's module."""
        real = builtins.__import__

        def guarded(name: str, *args: Any, **named: Any) -> Any:
            top = name.partition(".")[0]
            if top and top not in HARMLESS and top not in self.imports:
                self._refuse(_not_allowed(top, self.imports), ImportError)
            try:
                return real(name, *args, **named)
            except ModuleNotFoundError as error:
                if error.name == top:
                    self._refuse(f"imports {top}, which is not installed here: pip install {top}", ImportError)
                raise

        return guarded

    def watch(self) -> None:
        """Refuse from now on; no Python code can take this back."""
        sys.addaudithook(self._audit)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in WHY:
            self._refuse(WHY[event])
        elif event == "open" and isinstance(args[0], PATHS):
            path, _, flags = args
            if isinstance(flags, int) and flags & WRITING and not self._mine(path):
                self._refuse(WRITES)
            elif _within(path, COURSE):
                self._refuse("reads a file of the course, and the truth is in there")
        elif event in CHANGES and any(isinstance(each, PATHS) and not self._mine(each) for each in args):
            self._refuse(WRITES)

    def _mine(self, path: Any) -> bool:
        return path == os.devnull or _within(path, self.box)

    def _refuse(self, why: str, kind: type[Exception] = PermissionError) -> None:
        if line := self._line():
            sentence = f"Line {line} {why}" + ("" if why.endswith("?") else ".")
            self.refused.append((sentence, line))
            raise kind(sentence)

    def _line(self) -> int | None:
        """The student's line that is running; None if what runs was not called from there."""
        frame: FrameType | None = sys._getframe(1)
        while frame and frame.f_code.co_filename != self.copy:
            frame = frame.f_back
        return frame.f_lineno if frame else None


def _within(path: Any, folder: str) -> bool:
    return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(folder + os.sep)


def _not_allowed(name: str, imports: list[str]) -> str:
    """What to say of an import: of a module that there is, of a slip of the pen, or of a file of the student's."""
    if _exists(name):
        allowed = sorted({*imports, "math"})
        return f"imports {name}. This exercise does without: it may import {', '.join(allowed)} and the like"
    if close := get_close_matches(name, [*HARMLESS, *imports], 1, cutoff=0.75):
        return f"imports {name}, and there is no such module. Do you mean {close[0]}?"
    return f"imports {name}, which a check does not have. It reads one file alone: copy in what you need of others"


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # it has been made without a file, as __main__ has
        return True
