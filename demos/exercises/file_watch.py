"""Watch a file, and call a function whenever it is saved."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PAUSE = 0.25  # seconds between two checks; a file is saved when it has not changed for that long
BEGIN = (0, 0)  # a stamp that no file has


def watch_file(path: Path, act: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Call `act` now and after each save of the file, until it returns True. Wait for a file that is missing.

    `say` prints a sentence.
    """
    seen: tuple[int, int] | None = BEGIN
    while True:
        now = stamp(path)
        while (later := rested(path)) != now:  # it is being written, or an editor renames its copy
            now = later
        if now != seen:
            if now and seen != BEGIN:
                say(f"Saved at {time.strftime('%X')}.")
            seen = now
            if now is None:
                say(f"{path} is gone: was it renamed or deleted? It is checked again when it is back.")
            elif act():
                return
            else:
                say("\nWaiting for the next save. Ctrl-C ends this.\n")


def rested(path: Path) -> tuple[int, int] | None:
    """Return the stamp of a file after a pause."""
    time.sleep(PAUSE)
    return stamp(path)


def stamp(path: Path) -> tuple[int, int] | None:
    """Return the time and the size of a file, which change when it is saved; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
