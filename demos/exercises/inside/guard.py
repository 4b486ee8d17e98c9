"""Refuse what a student's code must not do while it is tried: import a module that the exercise does not allow, and
what Python reports as an audit event: start a process, use the network, read or change a file outside of its folder,
inspect frames, or list all objects.

This is the second line of defense, and the only one on a machine without isolation by the system. It refuses events
from any frame, because code that `eval` compiled has no frame of the student's file. The runner executes this module
with its own names, which no other module can reach. So an answer that replaces functions of Python changes nothing
here.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from importlib.util import find_spec
from types import FrameType
from typing import Any

try:
    from _thread import get_ident
except ImportError:  # a system without threads

    def get_ident() -> int:
        return 0


# Modules that contain no solution, and that can change nothing outside of an answer.
HARMLESS = {
    *("__future__", "abc", "array", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses", "decimal"),
    *("enum", "fractions", "functools", "graphlib", "heapq", "itertools", "math", "numbers", "operator", "pprint"),
    *("random", "re", "statistics", "string", "textwrap", "time", "types", "typing", "warnings"),
}

ALONE = "starts another program or process, and a check runs one alone"
SIGNALS = "signals other processes, and a check runs alone"
NETWORK = "uses the network, and a check runs without"
WRITES = "changes a file, and a check lets it change only files that it makes itself"
READS = "reads a file, and a check lets it read only files that it makes itself"
LOOKS = "looks at what runs around it, and a check judges what it gives"
REACHES_MEMORY = "reaches into the memory of Python, and a check runs without"

# Audit events by the reason for refusing them. An event that ends with a dot stands for all that start with it.
REFUSED_EVENTS = {
    ALONE: "os.fork os.forkpty os.posix_spawn os.spawn os.system os.exec os.startfile subprocess. pty. _winapi.",
    SIGNALS: "os.kill os.killpg signal.",
    NETWORK: "socket. ssl. urllib. http. ftplib. smtplib. poplib. imaplib. nntplib. telnetlib. webbrowser.",
    WRITES: "os.chmod os.chown os.lchown os.chflags os.lchmod os.link os.symlink os.setxattr os.removexattr os.lockf"
    " sqlite3. winreg. syslog. msvcrt. os.chdir os.fchdir os.chroot os.add_dll_directory",
    LOOKS: "gc. fcntl. sys.addaudithook sys.settrace sys.setprofile sys._current_frames sys._current_exceptions"
    " sys.monitoring code.__new__ function.__new__ object.__setattr__ object.__delattr__ cpython. pdb."
    " sys.set_asyncgen_hooks_firstiter sys.set_asyncgen_hooks_finalizer sys.remote_exec"
    " sys.unraisablehook sys.excepthook",
    REACHES_MEMORY: "ctypes. mmap. resource. _ctypes. cffi. _testcapi",
}
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.utime", "shutil.")
LISTS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.listxattr", "os.getxattr", "glob.")
FRAMES = ("sys._getframe", "sys._getframemodulename")
PARTS = ("tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_code", "gi_code", "cr_code", "ag_code", "__code__")
LOOKING = ("inspect.py", "traceback.py")  # modules that inspect frames for their callers

# Modules that reach memory or start processes without an audit event.
NATIVE = {
    *("ctypes", "_ctypes", "_ctypes_test", "_posixsubprocess", "_posixshmem", "_multiprocessing", "cffi"),
    *("_cffi_backend", "_testcapi", "_testinternalcapi", "_xxsubinterpreters", "_interpreters", "_xxtestfuzz"),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LONGEST_PATH = 4096  # the most characters of a path
LINKS = 40  # the most symbolic links in a path


def guarded_import(
    imports: Sequence[str], installed: Collection[str], refuse: Callable[[str, type[Exception]], None]
) -> Callable[..., Any]:
    """Return an `__import__` for the student's module that refuses modules which the exercise does not allow.

    `installed` has the names of modules that are installed, besides Python's own.
    """
    real = builtins.__import__

    def guarded(name: str, *args: Any, **named: Any) -> Any:
        if type(name) is not str:
            raise TypeError("the name of a module is text")
        top = name.partition(".")[0]
        if top and top not in HARMLESS and top not in imports:
            refuse(_not_allowed(top, imports, installed), ImportError)
        try:
            return real(name, *args, **named)
        except ModuleNotFoundError as error:
            if error.name == top:
                refuse(f"imports {top}, which is not installed here: pip install {top}", ImportError)
            raise

    return guarded


def refuser(copy: str, say: Callable[[str, int | None], None]) -> Callable[[str, type[Exception]], None]:
    """Return a function that refuses: it reports why, and in which line of the student's file, and raises."""

    def refuse(why: str, kind: type[Exception] = PermissionError) -> None:
        line = _student_line(copy)
        start = f"Line {line}" if line else "It"
        sentence = f"{start} {why}" + ("" if why.endswith("?") else ".")
        say(sentence, line)
        raise kind(sentence)

    return refuse


def audit_hook(
    readable: Iterable[str], box: str, trusted: Collection[str], refuse: Callable[..., None]
) -> Callable[[str, tuple[Any, ...]], None]:
    """Return an audit hook that refuses what a student's code must not do.

    Parameters
    ----------
    readable: the paths below which files may be read; Python itself is there.
    box: the folder in which files may be changed.
    trusted: the file names of code that may inspect frames, besides code below a readable path.
    refuse: called with the reason.
    """
    roots, trust = (*readable,), (*trusted,)
    why = {event: reason for reason, events in REFUSED_EVENTS.items() for event in events.split()}
    whole = {event: reason for event, reason in why.items() if not event.endswith(".")}
    starts = {event: reason for event, reason in why.items() if event not in whole}
    busy: set[int] = set()  # threads in which this hook runs
    caller = sys._getframe

    def beneath(path: str, folder: str) -> bool:
        return path == folder or path.startswith(folder + os.sep)

    def mine(path: Any) -> bool:
        real_path = _resolved(path)
        return real_path is not None and (beneath(real_path, box) or real_path == os.devnull)

    def known(path: Any) -> bool:
        real_path = _resolved(path)
        return real_path is not None and (
            beneath(real_path, box) or real_path == os.devnull or any(beneath(real_path, each) for each in roots)
        )

    def ours(frame: FrameType | None) -> bool:
        """Return whether the code that inspects a frame is Python's own, or ours."""
        while frame and frame.f_code.co_filename.endswith(LOOKING):
            frame = frame.f_back
        if frame is None:
            return False
        name = frame.f_code.co_filename
        return name in trust or name.startswith("<frozen ") or any(beneath(name, each) for each in roots)

    def reason(event: str, args: tuple[Any, ...], frame: FrameType) -> str | None:
        """Return why an event is refused; None if it is allowed."""
        if event == "open":
            path, _, flags = args
            if type(path) is int:
                return None if 0 <= path <= 2 else LOOKS
            if type(flags) is int and flags & WRITING:
                return None if mine(path) else WRITES
            return None if known(path) else READS
        if event == "import":
            top = args[0].partition(".")[0] if type(args[0]) is str else ""
            file = args[1] if len(args) > 1 else None
            foreign = file is not None and not any(beneath(str(file), each) for each in roots)
            return REACHES_MEMORY if top in NATIVE or foreign else None
        if event in whole:
            return None if whole[event] == LOOKS and ours(frame) else whole[event]
        if event in CHANGES or event.startswith("shutil."):
            named = args[:1] + args[2:] if event == "os.mkdir" else args  # the second is who may use it
            paths = [each for each in named if not (each is None or each == -1 or type(each) in (bool, float))]
            return None if all(mine(each) for each in paths if type(each) is not tuple) else WRITES
        if event in LISTS or event.startswith("glob."):
            return None if not args or args[0] is None or known(args[0]) else READS
        if event in FRAMES:
            return None if ours(frame) else LOOKS
        if event == "object.__getattr__":
            return LOOKS if args[1] in PARTS and not ours(frame) else None
        if event == "compile":
            name = args[1]
            spoofed = type(name) is str and not name.startswith("<") and not ours(frame)
            return LOOKS if spoofed or (type(name) is str and (name in trust or name.startswith("<frozen"))) else None
        for start, refusal in starts.items():
            if event.startswith(start):
                return None if refusal == LOOKS and ours(frame) else refusal
        return None

    def hook(event: str, args: tuple[Any, ...]) -> None:
        me = get_ident()
        if me in busy:
            return
        busy.add(me)
        try:
            refusal = reason(event, args, caller(1))
            if refusal:
                refuse(refusal)
        finally:
            busy.discard(me)

    return hook


def disarm(refuse: Callable[..., None]) -> None:
    """Replace functions that raise no audit event by functions that refuse."""

    def start(*args: Any, **named: Any) -> None:
        refuse(ALONE)

    def make(*args: Any, **named: Any) -> None:
        refuse(WRITES)

    unseen = {
        start: (("_posixsubprocess", "fork_exec"), ("subprocess", "_fork_exec"), ("posix", "vfork"), ("os", "vfork")),
        make: tuple(
            (module, name)
            for module in ("posix", "nt", "os")
            for name in (
                "mkfifo",
                "mknod",
                "chroot",
                "setxattr",
                "sendfile",
                "copy_file_range",
                "memfd_create",
                "fchmod",
            )
        ),
    }
    for function, places in unseen.items():
        for module, name in places:
            if hasattr(sys.modules.get(module), name):
                setattr(sys.modules[module], name, function)


def _student_line(copy: str) -> int | None:
    """Return the line of the student's file that is running; None if no frame is of that file."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_filename != copy:
        frame = frame.f_back
    return frame.f_lineno if frame else None


if os.name == "posix":
    from posix import getcwd, readlink

    def _resolved(path: Any) -> str | None:
        """Return a path with its links resolved, by functions that an answer cannot replace; None if that fails."""
        if type(path) is bytes:
            path = path.decode(errors="surrogateescape")
        if type(path) is not str or len(path) > LONGEST_PATH:
            return None
        waiting = [*reversed(path.split("/"))]
        parts: list[str] = [] if path.startswith("/") else [each for each in getcwd().split("/") if each]
        links = 0
        while waiting:
            part = waiting.pop()
            if part in ("", "."):
                continue
            if part == "..":
                parts = parts[:-1]
                continue
            try:
                target = readlink("/" + "/".join([*parts, part]))
            except OSError:
                parts.append(part)
                continue
            links += 1
            if links > LINKS:
                return None
            if target.startswith("/"):
                parts = []
            waiting += reversed(target.split("/"))
        return "/" + "/".join(parts)

else:

    def _resolved(path: Any) -> str | None:
        """Return a path with its links resolved; None if it is not a path."""
        return os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else None


def _not_allowed(name: str, imports: Sequence[str], installed: Collection[str]) -> str:
    """Return why an import is refused: the module is not allowed, misspelled, or another file of the student's."""
    if name in installed or _exists(name):
        allowed = sorted({*imports, "math"})
        return f"imports {name}. This exercise does not need it: it may import {', '.join(allowed)} and the like"
    if close := get_close_matches(name, [*HARMLESS, *imports], 1, cutoff=0.75):
        return f"imports {name}, and there is no such module. Do you mean {close[0]}?"
    return (
        f"imports {name[:40]}, which a check does not have. It reads one file alone: copy in what you need of others"
    )


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # a module without a file, such as __main__
        return True
