"""Run a student's file in the isolated process, read its results at the probes, and end all that it started.

On Unix the process forks: the child runs the student's file, the parent waits for it and ends what is left of it.

The process gets the text of the exercise's ask.py, and plain data for it. It does not get the expected results: the
process that started it judges what it sends back.
"""

from __future__ import annotations

import builtins
import faulthandler
import importlib
import linecache
import os
import random
import sys
import traceback
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

from . import confine, limits

ASK = "<ask>"  # the file name of the exercise's questions
TRUSTED = ("runner", "reading", "graphs", "guard", "edits", "trials")
GIGABYTES = limits.MEMORY_BYTES >> 30
CRASH_SENTENCES = {
    SystemExit: "ends the program, so nothing after it can be tried. Remove that call.",
    EOFError: "asks for input, which a check does not have. Write a number in its place.",
    MemoryError: f"asks for more memory than a check has, {GIGABYTES} GB. Does a list grow without end?",
    RecursionError: "calls itself without end. Which call ends it?",
}
FULL = {"trouble": ["It asks for more memory than a check has. Does a list grow without end?", None, "MemoryError"]}


def answer(request: dict[str, Any]) -> None:
    """Run a request of the sandbox, and write readings, or {"trouble": [sentence, line, kind]}, into its channel."""
    answer_to, notes = (open(request[name], "ab", buffering=0) for name in ("answer", "notes"))  # noqa: SIM115
    reading = private("reading")
    encode, write, channel = reading["encode"], os.write, answer_to.fileno()
    key, full = request["key"].encode(), encode(FULL).encode()

    def say(what: dict[str, Any]) -> int:
        try:
            text = encode(what).encode()
        except MemoryError:
            text = full
        if len(text) >= limits.FILE_BYTES:
            text = encode({"trouble": ["It returns too much to be read.", None, "TooMuch"]}).encode()
        text = b"\n" + key + text + b"\n"
        length = len(text)
        while text:
            text = text[write(channel, text) :]
        return length

    if hasattr(os, "fork"):
        limits.adopt()
        if child := os.fork():
            limits.attend(child, say)
    me = os.getpid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    faulthandler.enable(notes)
    faulthandler.dump_traceback_later(request["seconds"], exit=True, file=notes)
    result = prepared(request, reading, say)()
    if os.getpid() == me:  # else this is a child process that the answer forked
        say(result)
    os._exit(0)  # even if threads of the answer are still running


def answer_once(
    request: dict[str, Any],
    send: Callable[[str], object] | None = None,
    alarm: Callable[[float], object] | None = None,
) -> str:
    """Run a request of the sandbox in this very process, and return readings, or a trouble, as JSON.

    It is for a worker of a browser, which is used for one answer and then ended. Nothing confines the answer there
    but the browser, and the guard, which stays until the worker ends.

    Parameters
    ----------
    request: the request; with "trials", `send` gets each message of them, as JSON.
    alarm: sets after how many seconds a program of the trials is interrupted; 0.0 is never.
    """
    reading, sent = private("reading"), list[dict[str, Any]]()

    def say(what: dict[str, Any]) -> int:
        if send is None:
            sent.append(what)
            return 0
        text = str(reading["encode"](what))
        send(text)
        return len(text)

    last = prepared(request, reading, say, alarm)()
    return str(reading["encode"](sent[0] if sent else last))


def private(name: str, source: str | None = None) -> dict[str, Any]:
    """Return the names of a module that runs beside the answer, and that the answer cannot change.

    An answer can change `builtins` and any module in `sys.modules`. This module is not in there, and has its own copy
    of `builtins`.
    """
    file = Path(__file__).with_name(f"{name}.py")
    text = file.read_text(encoding="utf-8") if source is None else source
    code = compile(text, ASK if source is not None else str(file), "exec", dont_inherit=True)
    module = ModuleType(name)  # dataclasses and the like look for one
    space = vars(module)
    space.update(__builtins__={**vars(builtins)}, __package__=__package__, __file__=code.co_filename)
    space["__kept__"] = module
    exec(code, space)
    return space


def prepared(
    request: dict[str, Any],
    reading: dict[str, Any],
    say: Callable[[dict[str, Any]], int],
    alarm: Callable[[float], object] | None = None,
) -> Callable[[], dict[str, Any]]:
    """Prepare everything before the student's code runs; return a function that runs it and returns the result."""
    source, copy, imports = request["source"], request["copy"], request["imports"]
    builtins.exit = builtins.quit = _quit  # type: ignore[assignment]
    for name in request["preload"]:
        with_its_parts(name)
    try:
        ask = private("ask", request["ask"])
        observers = [partial(ask[name], **data) for name, data in request["asked"]]
    except MemoryError:
        return lambda: FULL
    guard = private("guard")
    linecache.cache[copy] = (len(source), None, source.splitlines(True), copy)

    def report(sentence: str, line: int | None) -> None:
        say({"trouble": [sentence, line, "refused"]})

    refuse = guard["refuser"](copy, report)
    code = _compiled(source, copy)
    if isinstance(code, dict):
        return lambda: code
    trying = request.get("trials")
    edits, trials = (private("edits"), private("trials")) if trying else ({}, {})
    if trying and sys.platform != "emscripten":  # a browser's worker sends neither output nor signals
        quiet = os.open(os.devnull, os.O_WRONLY)  # what thousands of programs print
        for stream in (1, 2):
            os.dup2(quiet, stream)
        trials["listen"]()
    module = ModuleType("answer")
    limits.hold(request["seconds"])
    if "landlock" in request["kinds"]:
        confine.landlock(request["readable"], os.path.dirname(copy))
    if "seccomp" in request["kinds"]:
        confine.seccomp()
    inside = [name for name in sys.modules if name.startswith("demos")]
    for name in (*inside, "__main__"):
        sys.modules.pop(name, None)
    sys.modules["answer"] = module
    importer = guard["guarded_import"](imports, request["installed"], refuse)
    vars(module).update(__file__=copy, __builtins__={**vars(builtins), "__import__": importer})
    random.seed(source)
    own = [*(str(Path(__file__).with_name(f"{name}.py")) for name in TRUSTED), ASK]
    if request["guard"]:
        guard["disarm"](refuse)
    hook = guard["audit_hook"](request["readable"], os.path.dirname(copy), own, refuse)
    asks, observe = request["asks"], reading["observe"]

    def start(code: CodeType) -> ModuleType:
        new = ModuleType("answer")
        sys.modules["answer"] = new
        vars(new).update(__file__=copy, __builtins__=vars(module)["__builtins__"])
        exec(code, vars(new))
        return new

    def run() -> dict[str, Any]:
        if request["guard"]:
            sys.addaudithook(hook)
        if trying:
            parts = {"edits": edits, "reading": reading, "copy": copy}
            return dict(trials["run"](trying, source, start, asks, observers, parts, say, alarm))
        return _tried(code, module, asks, copy, partial(observe, observers=observers), reading)

    return run


def with_its_parts(name: str) -> None:
    """Import a module that the answer may use."""
    try:
        importlib.import_module(name)
    except Exception:  # it is not installed, which the answer learns when it imports it
        return


def _quit(code: Any = None) -> None:
    raise SystemExit(code)


def _compiled(source: str, copy: str) -> CodeType | dict[str, Any]:
    try:
        return compile(source, copy, "exec", dont_inherit=True)
    except SyntaxError as error:
        return {"trouble": [_syntax(error), error.lineno, "SyntaxError"]}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"trouble": [f"This is not Python: {error or 'it is nested too deep'}.", None, "SyntaxError"]}


def _tried(
    code: CodeType,
    module: ModuleType,
    asks: list[str],
    copy: str,
    observe: Callable[..., list[dict[str, Any]]],
    reading: dict[str, Any],
) -> dict[str, Any]:
    try:
        exec(code, vars(module))
        if missing := [name for name in asks if not hasattr(module, name)]:
            return {"trouble": [_missing(missing[0], vars(module)), None, "missing"]}
        readings = observe(SimpleNamespace(**vars(module)))
    except MemoryError as error:
        line = _traceback_line(error, copy)
        del error  # and with it what its frames hold
        return {"trouble": [f"{_place(line)} {CRASH_SENTENCES[MemoryError]}", line, "MemoryError"]}
    except BaseException as error:
        return {"trouble": [*_crash(error, copy, reading), reading["type_name"](error)]}
    for each in readings:
        raised = each.get("error", {})
        if raised.get("type") == "TooMuch":
            return {"trouble": [f"{raised['message']}.", None, "TooMuch"]}
        for kind in (MemoryError, EOFError):
            if raised.get("type") == kind.__name__:
                sentence = f"{_place(raised.get('line'))} {CRASH_SENTENCES[kind]}"
                return {"trouble": [sentence, raised.get("line"), kind.__name__]}
    return {"readings": readings}


def _syntax(error: SyntaxError) -> str:
    text = (error.text or "").rstrip("\n")
    bare = text.lstrip()
    caret = " " * max(0, (error.offset or 1) - 1 - (len(text) - len(bare))) + "^"
    shown = f"\n    {bare}\n    {caret}" if bare and len(bare) < 200 else ""
    return f"{_place(error.lineno)} is not Python: {error.msg}" + shown


def _crash(error: BaseException, copy: str, reading: dict[str, Any]) -> tuple[str, int | None]:
    """Return a sentence for an exception that ended the run, and the student's line."""
    line = _traceback_line(error, copy)
    for kind, sentence in CRASH_SENTENCES.items():
        if isinstance(error, kind):
            return f"{_place(line)} {sentence}", line
    raised = reading["raised"](error, [copy])
    words = f', which says: "{raised["message"]}"' if raised["message"] else ""
    return f"{_place(line)} stops the file as it is run: {raised['type']}{words}.", line


def _traceback_line(error: BaseException, copy: str) -> int | None:
    """Return the innermost line of the student's file in a traceback; None if there is none."""
    lines = [number for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == copy]
    return lines[-1] if lines else None


def _place(line: int | None) -> str:
    return f"Line {line}" if line else "It"


def _missing(name: str, defined: dict[str, Any]) -> str:
    close = get_close_matches(name, [each for each in defined if not each.startswith("__")], 1)
    return f"It defines no {name}, and this exercise asks for one." + (
        f" Is it your {close[0][:40]}?" if close else ""
    )
