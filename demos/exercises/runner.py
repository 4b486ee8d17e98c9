"""What runs in the isolated process: a student's file, read off at the probes; and the end of all that it started.

On Unix the process splits in two: one runs the student's file, the other waits for it and clears up after it.
"""

from __future__ import annotations

import builtins
import faulthandler
import json
import linecache
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

from .course import Exercise, exercise
from .guard import Guard
from .judge import observe, probes

MEMORY = 2**30  # bytes of addresses: enough for NumPy and scikit-learn
FILES = 2**24  # bytes in a file
CROWD = 16  # processes
SUBREAPER = 36  # prctl: descendants that lose their parent become ours

TOO_MUCH = f"asks for more memory than a check may use ({MEMORY >> 30} GB). Is there a list that grows without end?"
OTHERS = "It starts other processes, and a check runs one alone. They were ended."
SAID = {
    SystemExit: "ends the program, so nothing after it can be tried. Take that call out.",
    EOFError: "asks for input, and nobody types during a check. Write a number in its place.",
    MemoryError: TOO_MUCH,
    RecursionError: "calls itself without end. Which call ends it?",
}


def main(request: dict[str, Any]) -> None:
    """Answer a request of the sandbox: readings, or {"trouble": [sentence, line]}, into the file that it names."""
    asked = replace(exercise(request["id"]), asks=request["asks"], imports=request["imports"])
    inputs = probes(asked, request["source"])
    channel, notes = (open(request[name], "ab", buffering=0) for name in ("answer", "notes"))  # noqa: SIM115
    key, encode = request["key"].encode(), json.JSONEncoder().encode

    def say(**what: Any) -> None:
        text = encode(what).encode()
        if len(text) >= FILES:
            text = encode({"trouble": ["It gives back too much to be looked at.", None]}).encode()
        os.write(channel.fileno(), b"\n" + key + text + b"\n")

    if hasattr(os, "fork"):
        _adopt()
        if child := os.fork():
            _attend(child, say)
        _limit(request["seconds"])
    me = os.getpid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    faulthandler.enable(notes)
    faulthandler.dump_traceback_later(request["seconds"], exit=True, file=notes)
    found = answer(asked, request["source"], request["copy"], inputs)
    if os.getpid() == me:  # else this is a copy, made by the answer
        say(**found)
    os._exit(0)  # threads of the answer's may run on


def answer(asked: Exercise, source: str, copy: str, inputs: list[Any]) -> dict[str, Any]:
    """What a student's file gives: {"readings": [...]}, or {"trouble": [sentence, line]}."""
    guard = Guard(copy, asked.imports)
    linecache.cache[copy] = (len(source), None, source.splitlines(True), copy)
    try:
        code = compile(source, copy, "exec", dont_inherit=True)
    except SyntaxError as error:
        return {"trouble": [_syntax(error), error.lineno]}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"trouble": [f"This is not Python: {error}.", None]}
    module = ModuleType("answer")
    sys.modules["answer"] = module
    vars(module).update(__file__=copy, __builtins__={**vars(builtins), "__import__": guard.importing()})
    random.seed(source)
    guard.watch()
    found = _tried(code, module, asked, copy, inputs)
    return {"trouble": [*guard.refused[0]]} if guard.refused else found


def _tried(code: CodeType, module: ModuleType, asked: Exercise, copy: str, inputs: list[Any]) -> dict[str, Any]:
    try:
        exec(code, vars(module))
        if missing := [name for name in asked.asks if not hasattr(module, name)]:
            return {"trouble": [_missing(missing[0], vars(module)), None]}
        found = observe(SimpleNamespace(**vars(module)), inputs)
    except BaseException as error:
        return {"trouble": [*_crash(error, copy)]}
    for each in found:
        raised = each.get("error", {})
        for kind in (MemoryError, EOFError):
            if raised.get("type") == kind.__name__:
                return {"trouble": [f"{_place(raised.get('line'))} {SAID[kind]}", raised.get("line")]}
    return {"readings": found}


def _syntax(error: SyntaxError) -> str:
    text = (error.text or "").rstrip("\n")
    bare = text.lstrip()
    caret = " " * max(0, (error.offset or 1) - 1 - (len(text) - len(bare))) + "^"
    return f"{_place(error.lineno)} is not Python: {error.msg}" + (f"\n    {bare}\n    {caret}" if bare else "")


def _crash(error: BaseException, copy: str) -> tuple[str, int | None]:
    """What to say of an exception that ended the run."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == copy]
    line = lines[-1] if lines else None
    said = next((said for kind, said in SAID.items() if isinstance(error, kind)), None)
    return f"{_place(line)} {said or f'stops it as it is read. {type(error).__name__}: {error}'}", line


def _place(line: int | None) -> str:
    return f"Line {line}" if line else "It"


def _missing(name: str, defined: dict[str, Any]) -> str:
    close = get_close_matches(name, [each for each in defined if not each.startswith("__")], 1)
    return f"It defines no {name}, and this exercise asks for one." + (f" Is it your {close[0]}?" if close else "")


def _limit(seconds: float) -> None:
    """The limits that the system holds this process and its descendants to, each by itself."""
    import resource

    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": FILES, "RLIMIT_AS": MEMORY, "RLIMIT_CPU": int(seconds) + 2}
    for name, limit in limits.items():
        with suppress(AttributeError, OSError, ValueError):  # not every system has, or keeps, every one
            resource.setrlimit(getattr(resource, name), (limit, limit + 1))  # the first one is told, the second kills


def _adopt() -> None:
    """On Linux: let descendants whose parent ends become children of this process, so that none gets away."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def _attend(child: int, say: Callable[..., None]) -> None:
    """Wait until the child ends, or the sandbox closes our input; end what is left, and end as the child did."""
    import select

    status, due = None, 0.0
    while status is None and not select.select([0], [], [], 0.005)[0]:
        pid, ended = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(ended) if pid else None
        if time.monotonic() > due:
            due = time.monotonic() + 0.1
            if len(family()) > CROWD:
                say(trouble=[OTHERS, None])
                break
    if _ended_others() and status is not None:
        say(trouble=[OTHERS, None])
    os._exit(0 if status is None else status if status >= 0 else 128 - status)


def _ended_others() -> bool:
    """End every descendant that is left; whether there was one."""
    found = False
    with suppress(ChildProcessError):  # nobody is left
        for _ in range(1000):
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
            found = True
            for each in family():
                with suppress(OSError):
                    os.kill(each, signal.SIGKILL)
            time.sleep(0.001)
    return found


def family() -> set[int]:
    """The descendants of this process that are alive, as Linux lists them; elsewhere none are found."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            state, parent = each.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(each.parent.name)] = int(parent)
    found: set[int] = set()
    new = {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return found
