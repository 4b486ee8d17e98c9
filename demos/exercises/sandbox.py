"""A student's file, run in a process of its own: what it gives at the probes, or what kept it from giving anything.

The child works on a copy, in a temporary folder, without input, and with limits of time, memory (1 GB), output and
file size. It may import what its exercise allows; Python lets it start no process, reach no network, and change no
file outside of that folder (guard.py). What it leaves behind is ended with it: on Linux every descendant, on other
Unix systems its process group. Where the system has no such limits, as on Windows, or on macOS for memory, the guard
and the limits of time and output are what holds.

This keeps accidents from doing harm, and grades from being wrong by accident. It is no prison: who means to cheat
finds, by frames or the garbage collector, the objects that take the readings, and can write some of their own; with
ctypes nothing stays refused. Grade the files of people whom you do not trust at all in a container.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic, sleep
from typing import Any

from .course import Exercise
from .probe import Reading

ROOT = Path(__file__).parents[2]  # where the packages are
START = "import json, sys; r = json.loads(sys.stdin.readline()); sys.path[:] = r['path']"
START += "; from demos.exercises import runner; runner.main(r)"

KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")
HOMES = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SETTINGS = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg", **ONE_THREAD}  # the same file gives the same readings

OUTPUT = 10_000_000  # bytes that a file may print
SLACK = 15.0  # seconds beyond its limit that a run may take in all, with the start of Python, if its own clock fails
ENDING = 5.0  # seconds in which what is left of it is ended
PULSE = 0.02


@dataclass(frozen=True)
class Trouble:
    """What kept a file from being tried: a sentence for the student, and the line that it is about, if one is known.

    After a syntax error the line itself, and a caret, stand on lines of their own below the sentence.
    """

    sentence: str
    line: int | None = None


def readings(
    exercise: Exercise,
    source: str,
    path: Path | None = None,
    seconds: float | None = None,
    stop: Event | None = None,
) -> list[Reading] | Trouble:
    """What an answer gives at its probes, run in isolation for so many seconds at most (else the exercise's own).

    `path` is where the source was read: if it is gone or empty after the run, it is written again. A file that has
    changed meanwhile is left alone, for the student may have saved it. `stop` ends the run early once it is set.

    >>> from demos.exercises.course import exercise
    >>> print(readings(exercise("ex04"), "def add_backward(x, y, upstream:").sentence)
    Line 1 is not Python: '(' was never closed
        def add_backward(x, y, upstream:
                        ^
    """
    kept = path.read_bytes() if path and path.is_file() else b""
    with TemporaryDirectory(prefix="exercise-", ignore_cleanup_errors=True) as folder:
        found = _run(exercise, source, Path(folder).resolve(), seconds or exercise.seconds, stop or Event())
    return (_restored(path, kept) if path and kept else None) or found


def _run(exercise: Exercise, source: str, folder: Path, seconds: float, stop: Event) -> list[Reading] | Trouble:
    box, key = folder / "box", secrets.token_hex()
    box.mkdir()
    answer, notes, output = (folder / name for name in ("answer", "notes", "output"))
    for each in answer, notes, output:
        each.touch()
    (box / exercise.file).write_text(source, encoding="utf-8", errors="surrogatepass", newline="")
    request = {
        **asdict(exercise),
        "source": source,
        "seconds": seconds,
        "copy": str(box / exercise.file),
        "answer": str(answer),
        "notes": str(notes),
        "key": key,
        "path": _path(),
    }
    with output.open("wb") as printed:
        child = subprocess.Popen(
            [sys.executable, "-s", "-B", "-X", "utf8", "-W", "ignore", "-c", START],
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=printed,
            cwd=box,
            env=_environment(box),
            start_new_session=True,
        )
    try:
        with suppress(OSError):  # it did not even start: told below
            assert child.stdin
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        late = _wait(child, output, seconds, stop)
    finally:
        _end(child)
    lines = [each for each in answer.read_bytes().split(b"\n")[:-1] if each.startswith(key.encode())]
    found = [json.loads(each[len(key) :]) for each in lines]
    return late or _told(found, child.returncode, notes.read_text(errors="replace"), exercise.file, seconds)


def _environment(box: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **dict.fromkeys(HOMES, str(box)), **SETTINGS}


def _path() -> list[str]:
    """Where this process finds packages, but for the current folder: what lies there is the student's."""
    here = os.getcwd()
    return [str(ROOT), *(each for each in map(os.path.abspath, filter(None, sys.path)) if each != here)]


def _wait(child: subprocess.Popen[bytes], output: Path, seconds: float, stop: Event) -> Trouble | None:
    """Until the child has ended: None; or until it is time to end it: why."""
    last = monotonic() + seconds + SLACK
    while True:
        running = child.poll() is None
        if output.stat().st_size > OUTPUT:
            size = f"{OUTPUT // 10**6} MB"
            return Trouble(f"It prints more than {size}. Is there a print in a loop that never ends?")
        if not running:
            return None
        if stop.is_set():
            return Trouble("It was stopped before it was judged.")
        if monotonic() > last:
            return Trouble(f"It did not end within {seconds:g} s, and was stopped.")
        with suppress(subprocess.TimeoutExpired):
            child.wait(PULSE)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started: the runner does so when its input closes, else we do."""
    if os.name == "nt":
        child.kill()
    if child.stdin:
        with suppress(OSError):
            child.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        child.wait(ENDING)
    if os.name != "nt" and (sys.platform != "linux" or child.poll() is None or child.returncode < 0):
        with suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _told(found: list[dict[str, Any]], status: int, notes: str, file: str, seconds: float) -> list[Reading] | Trouble:
    """What the runner wrote; else, from how it ended, why it wrote nothing."""
    for each in found:
        if "trouble" in each:
            return Trouble(*each["trouble"])
    if found:
        return list(found[0]["readings"])
    match = re.search(rf'{re.escape(file)}", line (\d+)', notes)  # the innermost line of the student's
    line, where = (int(match[1]), f" in line {match[1]}") if match else (None, "")
    ended = -status if status < 0 else status - 128  # by which signal, if by one
    if notes.startswith("Timeout") or ended == getattr(signal, "SIGXCPU", None):
        loop = "Does the loop there end?" if line else "Is there a loop that never ends?"
        return Trouble(f"It did not end within {seconds:g} s, and was stopped{where}. {loop}", line)
    if ended == getattr(signal, "SIGKILL", None):
        return Trouble("The system ended it, as it does when memory runs out.")
    if "Fatal Python error" in notes or ended > 0:
        return Trouble(f"It made Python itself crash{where}.", line)
    return Trouble("It ended Python at once, as os._exit does, so nothing could be read off it.")


def _restored(path: Path, kept: bytes) -> Trouble | None:
    """Write the student's file again if it is gone or empty."""
    if _holds(path):
        return None
    sleep(0.1)  # an editor that saves it may take it away for a moment
    if _holds(path):
        return None
    path.write_bytes(kept)
    return Trouble(f"{path.name} was gone after the run, and is back as it was. Does it delete files?")


def _holds(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
