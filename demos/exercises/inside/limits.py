"""Limit the resources of the isolated process, and end all processes that it started. All of this works on Linux,
most of it on other Unix systems."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 2**30  # address space: enough for NumPy and scikit-learn
FILE_BYTES = 2**24  # the size of a file
CROWD = 16  # the most processes
SUBREAPER = 36  # the option of prctl that makes orphaned descendants our children
OTHERS = "It starts other processes, and a check runs one alone. They were ended."


def hold(seconds: float) -> None:
    """Set the limits of this process, which its descendants inherit."""
    if sys.platform == "emscripten":
        return  # a browser's worker has the limits of the browser, and is ended by its page
    import resource

    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": FILE_BYTES, "RLIMIT_AS": MEMORY_BYTES, "RLIMIT_CPU": int(seconds) + 2}
    for name, limit in limits.items():
        with suppress(AttributeError, OSError, ValueError):  # not every system has, or keeps, every one
            resource.setrlimit(
                getattr(resource, name), (limit, limit + 1)
            )  # passing the first raises a signal, passing the second kills


def adopt() -> None:
    """Adopt descendants whose parent has ended, so that this process can end them, too. Works on Linux only."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def attend(child: int, say: Callable[..., None]) -> None:
    """Wait until the child ends or the sandbox closes our input; end all descendants, and exit as the child did."""
    import select

    status, due = None, 0.0
    while status is None and not select.select([0], [], [], 0.005)[0]:
        pid, ended = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(ended) if pid else None
        if time.monotonic() > due:
            due = time.monotonic() + 0.1
            if len(family()) > CROWD:
                say({"trouble": [OTHERS, None, "processes"]})
                break
    if ended_others() and status is not None:
        say({"trouble": [OTHERS, None, "processes"]})
    os._exit(0 if status is None else status if status >= 0 else 128 - status)


def ended_others() -> bool:
    """End every descendant that is left, and return whether there was one."""
    any_left = False
    with suppress(ChildProcessError):  # nobody is left
        for _ in range(1000):
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
            any_left = True
            for each in family():
                with suppress(OSError):
                    os.kill(each, signal.SIGKILL)
            time.sleep(0.001)
    return any_left


def family() -> set[int]:
    """Return the process ids of the living descendants of this process; none on systems other than Linux."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            state, parent = each.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(each.parent.name)] = int(parent)
    descendants: set[int] = set()
    new = {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - descendants
        descendants |= new
    return descendants
