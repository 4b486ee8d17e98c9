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
import sys
import traceback
from dataclasses import replace
from difflib import get_close_matches
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

from . import limits
from .course import Exercise, exercise
from .guard import Guard
from .judge import observe, probes

SAID = {
    SystemExit: "ends the program, so nothing after it can be tried. Take that call out.",
    EOFError: "asks for input, and nobody types during a check. Write a number in its place.",
    MemoryError: f"asks for more memory than a check has, {limits.MEMORY >> 30} GB. Does a list grow without end?",
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
        if len(text) >= limits.FILES:
            text = encode({"trouble": ["It gives back too much to be looked at.", None]}).encode()
        os.write(channel.fileno(), b"\n" + key + text + b"\n")

    if hasattr(os, "fork"):
        limits.adopt()
        if child := os.fork():
            limits.attend(child, say)
        limits.hold(request["seconds"])
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
