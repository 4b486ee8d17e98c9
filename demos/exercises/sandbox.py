"""Run a student's file in a process of its own, and return its readings at the probes, or why there are none.

The process gets the student's text, and the questions with their data. Expected results, solutions and other files
stay here. It sends plain data back through a pipe, which is judged here. Four things confine it, from the outside in:

1. the isolation of the system, the strongest that the machine has (isolation.py): bubblewrap, Landlock, seccomp;
2. limits of time, memory (1 GB), output and file size (limits.py); processes that it leaves behind are ended;
3. a temporary folder with a copy of the student's file, the only folder that it may change;
4. a guard in Python (guard.py), which says in a sentence what it refuses.

Windows and macOS have no such isolation: there, only the guard and the limits of time and output apply, and `grade`
says so. A guard in Python can be circumvented: there, grade the files of people whom you do not trust in a container.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

from engine import write_whole

from . import judge
from .course import Exercise
from .inside import limits
from .inside.edits import to_write, used
from .inside.reading import LONGEST_NAME, Reading, cut
from .isolation import ROOT, Isolation, packages_path, readable, strongest
from .probe import Probe

START = "import sys; sys.path[:] = {path!r}; from demos.exercises.inside import runner; import json"
START += "; runner.answer(json.loads(sys.stdin.readline()))"
IMPORTED = re.compile(r"\b(?:import|from)\s+([\w., \t]+)")  # the modules that a text may import

KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")
HOMES = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ENVIRONMENT = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg", **ONE_THREAD}  # the same file gives the same readings

OUTPUT = 10_000_000  # the most bytes that a file may print
SLACK = 15.0  # seconds beyond its limit after which a run is ended from here, with the start of Python
BUSY = 2.5
TRIALS_SLACK = 0.8  # the same for a run of trials, whose results until then are used
ENDING = 5.0  # seconds to wait for the end of a run
PULSE = 0.02  # seconds between two checks of a run
SENTENCE = 400  # the most characters of a sentence


@dataclass(frozen=True)
class Trouble:
    """Why a file could not be tried: a sentence for the student, and the number of the line, if one is known.

    `kind` is the same for all that failed in the same way: a name of this module or the type of an exception.
    For a syntax error, two more lines follow the sentence: the line itself, and a caret.
    """

    sentence: str
    line: int | None = None
    kind: str = ""


def readings(
    exercise: Exercise,
    source: str,
    path: Path | None = None,
    seconds: float | None = None,
    stop: Event | None = None,
    isolation: Isolation | None = None,
) -> list[Reading] | Trouble:
    """Run an answer in isolation, and return its readings, or a Trouble that says why there are none.

    Parameters
    ----------
    exercise: the exercise.
    source: the text of the answer.
    path: the file that the text was read from. If it is gone or empty after the run, it is written again; if it has
        changed, the student may have saved it, and it is left alone.
    seconds: the most seconds that the run may take; None is those of the exercise.
    stop: ends the run once it is set.
    isolation: None is the strongest that this machine has.

    >>> from demos.exercises.course import exercise
    >>> print(readings(exercise("ex04"), "def add_backward(x, y, upstream:").sentence)
    Line 1 is not Python: '(' was never closed
        def add_backward(x, y, upstream:
                        ^
    """
    kept = path.read_bytes() if path and path.is_file() else b""
    probes = judge.probes_for(exercise, source)
    isolation_used = strongest() if isolation is None else isolation
    with TemporaryDirectory(prefix="exercise-", ignore_cleanup_errors=True) as folder:
        box = Path(folder).resolve()
        result = _run_isolated(
            exercise, source, probes, box, seconds or exercise.seconds, stop or Event(), isolation_used
        )
    if not isinstance(result, Trouble):
        result = _understood(probes, result)
    return (_restored(path, kept) if path and kept else None) or result


def trials(
    exercise: Exercise,
    source: str,
    probes: Sequence[Probe],
    jobs: Sequence[Job],
    seconds: float,
    stop: Event | None = None,
    isolation: Isolation | None = None,
) -> list[Trial]:
    """Run programs that differ a little from an answer in one isolated process, and return what each gave.

    The process has the questions of the probes, and no expected results. It may have functions of the solution, in
    `jobs`: what it returns is only used to find out where a mistake is, never to judge the answer.

    Parameters
    ----------
    exercise: the exercise.
    source: the text of the answer. It has been run before, and has readings.
    probes: the probes that the jobs ask at, by their numbers.
    jobs: the programs to run.
    seconds: how long programs are tried, in seconds of computing. On a busy machine, it may take BUSY times as long.
    stop: ends the run once it is set.
    isolation: None is the strongest that this machine has.
    """
    trying = trying_of(exercise, jobs, seconds)
    with TemporaryDirectory(prefix="exercise-", ignore_cleanup_errors=True) as folder:
        messages = _run_isolated(
            exercise,
            source,
            [*probes],
            Path(folder).resolve(),
            seconds + SLACK,
            stop or Event(),
            strongest() if isolation is None else isolation,
            trying,
        )
    return trials_of(messages if isinstance(messages, list) else [], probes, jobs)


def trying_of(exercise: Exercise, jobs: Sequence[Job], seconds: float) -> dict[str, Any]:
    """Return what a request has under "trials": the jobs, and the seconds of computing that they may take."""
    times = {"seconds": seconds, "longest": BUSY * seconds}
    jobs_text = [asdict(job) for job in jobs]
    return {"jobs": jobs_text, **times, "template": template_of(exercise), "needs": needs_of(exercise)}


@cache
def needs_of(exercise: Exercise) -> dict[str, list[str]]:
    """Return the arguments of each function that a right answer uses."""
    return used(exercise.solution)


@cache
def template_of(exercise: Exercise) -> str:
    """Return the template to which an answer is compared, to find what its student wrote or should have changed."""
    return to_write(exercise.template, exercise.solution, exercise.asks)


def trials_of(messages: Sequence[Any], probes: Sequence[Probe], jobs: Sequence[Job]) -> list[Trial]:
    """Return the trials in the messages of the runner. A hostile answer may have sent anything."""
    result = []
    for each in messages:
        if not isinstance(each, dict):
            continue
        number, edit, observations = (each.get(name) for name in ("job", "edit", "readings"))
        if type(number) is int and 0 <= number < len(jobs) and isinstance(observations, list):
            asked = [probes[place] for place in jobs[number].probes]
            readings = [probe.reading(one) for probe, one in zip(asked, observations)]
            result.append(Trial(number, edit if type(edit) is int else None, readings))
    return result


@dataclass(frozen=True)
class Job:
    """Programs to run: some functions of the answer replaced, by their names, and some edits, or all, or none.

    `only` has the functions in which edits are sought, if not in all that the student wrote; `probes` the numbers of
    the probes. With `two`, the edits are those that join two. With `errors` False, a program that gives an
    error at any probe is not sent.
    """

    probes: tuple[int, ...]
    edits: tuple[int, ...] | str | None = None
    replace: dict[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    two: bool = False
    errors: bool = True


@dataclass(frozen=True)
class Trial:
    """What a program gave at the probes of its job: the job's number, the edit's, and the readings."""

    job: int
    edit: int | None
    readings: list[Reading]


def _understood(probes: list[Probe], observations: list[Any]) -> list[Reading] | Trouble:
    """Return what the process sent, as readings. A hostile answer may have sent anything."""
    if len(observations) != len(probes):
        return Trouble("It did not answer each question once, so nothing can be judged.", kind="unreadable")
    return [probe.reading(each) for probe, each in zip(probes, observations)]


def request_for(exercise: Exercise, source: str, probes: list[Probe], copy: Path, seconds: float) -> dict[str, Any]:
    """Return what a process, or a worker of a browser, is asked: the answer, and the questions with their data.

    `copy` is where it will have the student's file.
    """
    return {
        "source": source,
        "copy": str(copy),
        "asks": exercise.asks,
        "imports": exercise.imports,
        "installed": [name for name in imported(source) if _installed(name)],
        "preload": _preload(exercise, source),
        "ask": (exercise.folder / "ask.py").read_text(encoding="utf-8"),
        "asked": [(probe.observe.func.__name__, probe.observe.keywords) for probe in probes],
        "seconds": seconds,
    }


def readings_of(exercise: Exercise, source: str, message: Any) -> list[Reading] | Trouble:
    """Return the readings in a message of the runner, or a Trouble. A hostile answer may have sent anything.

    `{"late": line}` and `{"flood": None}` are messages, too: of what had to end a run.
    """
    if isinstance(message, dict) and "late" in message:
        return late(exercise.seconds, message["late"] if type(message["late"]) is int else None)
    if isinstance(message, dict) and "flood" in message:
        return flood()
    observations = _content([message])
    if observations is None:
        return Trouble("It ended Python at once, as os._exit does, so it has no results.", kind="exit")
    return (
        observations
        if isinstance(observations, Trouble)
        else _understood(judge.probes_for(exercise, source), observations)
    )


def late(seconds: float, line: int | None) -> Trouble:
    """Return the Trouble of a run that was stopped at its limit, in a line of the student's if one is known."""
    where, loop = (
        (f" in line {line}", "Does the loop there end?") if line else ("", "Is there a loop that never ends?")
    )
    return Trouble(f"It did not end within {seconds:g} s, and was stopped{where}. {loop}", line, "late")


def flood() -> Trouble:
    """Return the Trouble of a run that prints too much."""
    return Trouble(
        f"It prints more than {OUTPUT // 10**6} MB. Is there a print in a loop that never ends?", kind="flood"
    )


def _run_isolated(
    exercise: Exercise,
    source: str,
    probes: list[Probe],
    folder: Path,
    seconds: float,
    stop: Event,
    isolation: Isolation,
    trying: dict[str, Any] | None = None,
) -> list[Any] | Trouble:
    """Run an answer, and return its observations, or a Trouble; with `trying`, the messages about its trials."""
    box, key = folder / "box", secrets.token_hex()
    box.mkdir()
    output = folder / "output"
    (box / exercise.file).write_text(source, encoding="utf-8", errors="surrogatepass", newline="")
    request = request_for(exercise, source, probes, box / exercise.file, seconds) | {
        "kinds": isolation.kinds,
        "guard": isolation.guard,
        "readable": readable(exercise.imports),
        "key": key,
        "trials": trying,
    }
    answer, notes = _Channel(folder / "answer"), _Channel(folder / "notes")
    python = [sys.executable, "-s", "-B", "-X", "utf8", "-W", "ignore", "-c", START.format(path=_path(exercise))]
    with output.open("wb") as printed:
        child = subprocess.Popen(
            isolation.command(box, exercise.imports) + python,
            stdin=subprocess.PIPE,
            stdout=printed,
            stderr=printed,
            cwd=box,
            env=_environment(box),
            start_new_session=True,
            pass_fds=[*answer.handles, *notes.handles],
        )
    request |= {"answer": answer.start(), "notes": notes.start()}
    try:
        with suppress(OSError):  # it did not even start: reported below
            assert child.stdin
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        longest = trying["longest"] + TRIALS_SLACK if trying else seconds + SLACK
        trouble = _wait(child, output, longest, stop, seconds)
    finally:
        _end(child)
    lines = [each for each in answer.read().split(b"\n")[:-1] if each.startswith(key.encode())]
    try:
        messages = [json.loads(each[len(key) :]) for each in lines]
    except (ValueError, RecursionError):
        return Trouble("It did not answer in a way that can be read, so nothing can be judged.", kind="unreadable")
    if trying:
        return messages
    return trouble or _outcome(
        messages, child.returncode, notes.read().decode(errors="replace"), exercise.file, seconds
    )


class _Channel:
    """The channel of the process's output: a pipe with a limit; on Windows a file."""

    def __init__(self, file: Path) -> None:
        self.file, self.handles, self.parts = file, (), []
        if os.name == "nt":
            file.touch()
            return
        self.source, sink = os.pipe()
        self.handles = (sink,)
        self.reader = Thread(target=self._read, daemon=True)

    handles: tuple[int, ...]
    parts: list[bytes]

    def start(self) -> int | str:
        """Start to read, once the process has started; return what the process opens."""
        if not self.handles:
            return str(self.file)
        os.close(self.handles[0])
        self.reader.start()
        return self.handles[0]

    def _read(self) -> None:
        size = 0
        with open(self.source, "rb", buffering=0) as pipe:
            while part := pipe.read(1 << 16):
                size += len(part)
                if size <= 2 * limits.FILE_BYTES:  # the rest is read, but not kept
                    self.parts.append(part)

    def read(self) -> bytes:
        """Return all that was written, once the process has ended."""
        if not self.handles:
            return self.file.read_bytes()
        self.reader.join(ENDING)
        return b"".join(self.parts)


def imported(source: str) -> set[str]:
    """Return the top-level names of the modules that a text may import."""
    words = (word for part in IMPORTED.findall(source) for word in re.split(r"[\s,]+", part))
    return {word.partition(".")[0] for word in words} - {"", "as", "import"}


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return name in sys.modules


def _preload(exercise: Exercise, source: str) -> list[str]:
    """Return the modules to import before the answer's code runs, because later their files cannot be read."""
    named = [name for name in exercise.imports if re.search(rf"\b{name}\b", source)]
    used = ["numpy", "tqdm", "subprocess"] if "nn" in named else []  # training imports these
    return [*dict.fromkeys([*named, *used])]


def _environment(box: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **dict.fromkeys(HOMES, str(box)), **ENVIRONMENT}


def _path(exercise: Exercise) -> list[str]:
    """Return the `sys.path` of the process: Python's own modules, and packages if the exercise allows some."""
    packages = {*packages_path()}
    library = [each for each in map(os.path.realpath, filter(None, sys.path)) if _library(each)]
    some = {"engine", "nn", "numpy"} & {*exercise.imports}
    return [str(ROOT), *library, *(sorted(packages) if some else [])]


def _library(folder: str) -> bool:
    """Return whether a folder of Python's path holds Python's own modules."""
    roots = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    zipped = folder.endswith(".zip")
    return zipped or any(folder == root or Path(folder) == Path(root) / "lib-dynload" for root in roots)


def _wait(
    child: subprocess.Popen[bytes], output: Path, longest: float, stop: Event, seconds: float
) -> Trouble | None:
    """Wait until the child ends, and return None; or return why it must be ended, at last after `longest` seconds."""
    last = monotonic() + longest
    while True:
        running = child.poll() is None
        if output.stat().st_size > OUTPUT:
            return flood()
        if not running:
            return None
        if stop.is_set():
            return Trouble("It was stopped before it was judged.", kind="stopped")
        if monotonic() > last:
            return Trouble(f"It did not end within {seconds:g} s, and was stopped.", kind="late")
        with suppress(subprocess.TimeoutExpired):
            child.wait(PULSE)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started. The runner does so when its input closes; if not, this does."""
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


def _outcome(
    messages: list[dict[str, Any]], status: int, notes: str, file: str, seconds: float
) -> list[Reading] | Trouble:
    """Return what the runner sent; if it sent nothing, a Trouble that says why, from how it ended."""
    if (outcome := _content(messages)) is not None:
        return outcome
    match = re.search(rf'{re.escape(file)}", line (\d+)', notes)  # the innermost line of the student's
    line, where = (int(match[1]), f" in line {match[1]}") if match else (None, "")
    ended = -status if status < 0 else status - 128  # by which signal, if by one
    if notes.startswith("Timeout") or ended == getattr(signal, "SIGXCPU", None):
        return late(seconds, line)
    if ended == getattr(signal, "SIGKILL", None):
        return Trouble("The system ended it, as it does when memory runs out.", kind="MemoryError")
    if "Fatal Python error" in notes or ended > 0:
        return Trouble(f"It made Python itself crash{where}.", line, "crash")
    return Trouble("It ended Python at once, as os._exit does, so it has no results.", kind="exit")


def _content(messages: list[Any]) -> list[Any] | Trouble | None:
    """Return what the runner sent: the first Trouble, else observations; None if it sent nothing."""
    for each in messages:
        trouble = each.get("trouble") if isinstance(each, dict) else None
        if isinstance(trouble, list) and len(trouble) == 3:
            line = trouble[1] if type(trouble[1]) is int else None
            return Trouble(_shown(str(trouble[0])), line, cut(str(trouble[2]), LONGEST_NAME))
    if not messages or messages == [None]:
        return None
    first = messages[0].get("readings") if isinstance(messages[0], dict) else None
    return (
        first
        if isinstance(first, list)
        else Trouble("It did not answer in a way that can be read.", kind="unreadable")
    )


def _shown(sentence: str) -> str:
    """Return a sentence of the runner, cut: a hostile answer may have sent it."""
    return "\n".join(
        line if line[:4] == "    " and len(line) <= SENTENCE else cut(line, SENTENCE)
        for line in sentence.split("\n")[:3]
    )


def _restored(path: Path, kept: bytes) -> Trouble | None:
    """Write the student's file again if it is gone or empty, and return a Trouble that says so."""
    if _holds(path):
        return None
    sleep(0.1)  # an editor that saves it may take it away for a moment
    if _holds(path):
        return None
    write_whole(path, kept)
    return Trouble(f"{path.name} was gone after the run, and is back as it was. Does it delete files?", kind="gone")


def _holds(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
