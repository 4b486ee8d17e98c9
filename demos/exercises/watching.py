"""Watching a file: something is done whenever it is saved."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PAUSE = 0.25  # seconds between two looks; a file counts as saved when it rests for that long
BEGIN = (0, 0)  # what no file looks like


def follow(path: Path, act: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Act now and after each save, until that returns True. A file that is gone is waited for."""
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
    time.sleep(PAUSE)
    return stamp(path)


def stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is saved: its time and its length; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
