"""Run many programs that differ a little from a student's in the isolated process, and send what each gives.

A program is the student's with one edit (edits.py), with some functions replaced, or both. The process judges
nothing: it gets no expected results, and sends what each program gives.
"""

from __future__ import annotations

import ast
import contextlib
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

# Seconds of computing, so that a busy machine finds the same: limits of those of one program, and how many times
# those of the student's.
LEAST, MOST, TIMES = 0.1, 1.5, 4.0
NO_FILES = ("",)  # no lines are looked up for errors
BYTES = 12_000_000  # the most bytes that are sent


class Slow(BaseException):
    """Raised in a program that takes too long."""


def run(
    trials: Mapping[str, Any],
    source: str,
    start: Callable[[CodeType], ModuleType],
    asks: Sequence[str],
    observers: Sequence[Callable[[SimpleNamespace], Any]],
    parts: Mapping[str, Any],
    send: Callable[[dict[str, Any]], int],
    alarm: Callable[[float], object] | None = None,
) -> dict[str, Any]:
    """Run the jobs of `trials` until its seconds of computing are over; return {"readings": []}.

    A job has "replace", the texts of functions by name; "edits", the places in the list of edits to try, None for
    the program without an edit, or "all"; "only", the functions in which edits are sought; and "probes", the numbers
    of the questions; with "two", the edits are those that join two; with "errors" false, a program without an edit
    that gives an error is not sent.

    With "all", a program is not sent that gives at the first question what the student's gives, or
    that gives an error at any.

    Parameters
    ----------
    source: the student's text.
    start: executes the code of a program, and returns its module.
    parts: the names of edits.py and reading.py, as "edits" and "reading".
    send: sends a message, and returns its length.
    alarm: sets after how many seconds the program that runs is interrupted, 0.0 for never; None is a signal's.
    """
    edits, observe = parts["edits"], parts["reading"]["observe"]
    end, last, sent = time.process_time() + trials["seconds"], time.monotonic() + trials["longest"], 0
    template = ast.parse(trials["template"])

    def tried(tree: ast.Module, probes: Sequence[int], seconds: float, unlike: Any = None) -> list[Any] | None:
        """Return the readings of a program; with `unlike`, None if it is the first of them, or if one is an error."""
        readings: list[Any] = []
        slow = {"error": {"type": "Slow", "message": "it takes too long"}}
        try:
            with limit(min(seconds, end - time.process_time()), alarm or by_signal):
                random.seed(source)
                code = compile(tree, parts["copy"], "exec", dont_inherit=True)
                module = start(code)
                if any(not hasattr(module, name) for name in asks):
                    return None
                answers = SimpleNamespace(**vars(module))
                for probe in probes:
                    readings += observe(answers, [observers[probe]], NO_FILES)
                    if unlike is not None and (readings[0] == unlike or "error" in readings[-1]):
                        return None
        except (Slow, KeyboardInterrupt):
            readings.append(slow)
        except BaseException as error:  # a program may raise anything as it is executed
            readings.append({"error": {"type": type(error).__name__, "message": "it cannot be executed"}})
        return None if unlike is not None and "error" in readings[-1] else readings

    for number, job in enumerate(trials["jobs"]):
        tree = edits["program"](source, job["replace"])
        if time.process_time() > end or time.monotonic() > last or sent > BYTES:
            return {"readings": []}
        since = time.process_time()
        if job["edits"] is None:
            readings = tried(tree, job["probes"], MOST, None if job["errors"] else {})
            sent += send({"job": number, "edit": None, "readings": readings}) if readings is not None else 0
            continue
        plain = tried(tree, job["probes"][:1], MOST)
        seconds = min(MOST, max(LEAST, TIMES * (time.process_time() - since)))
        every = edits["edits"](tree, template, job["only"], trials["needs"])
        if job["two"]:
            every = edits["Pairs"](every)
        chosen = range(len(every)) if job["edits"] == "all" else job["edits"]
        unlike = (plain or [{}])[0] if job["edits"] == "all" else None
        for place in chosen:
            if time.process_time() > end or time.monotonic() > last or sent > BYTES:
                return {"readings": []}
            back = every[place].apply()
            try:
                readings = tried(tree, job["probes"], seconds, unlike)
            except KeyboardInterrupt:  # an alarm that came as the program ended
                readings = None
            edits["take_back"](back)
            if readings is not None:
                sent += send({"job": number, "edit": place, "readings": readings})
        sent += send({"job": number, "tried": len(every)})
    return {"readings": []}


@contextlib.contextmanager
def limit(seconds: float, alarm: Callable[[float], object]) -> Iterator[None]:
    """Interrupt the code within after some seconds of computing, and again until it ends.

    An alarm that rings in a finalizer or a callback of the garbage collector is lost, as all errors there are:
    nothing is written about it, and the next comes soon.
    """
    report = sys.unraisablehook

    def all_but_alarms(lost: Any) -> None:
        if lost.exc_type is not Slow:
            report(lost)

    sys.unraisablehook = all_but_alarms
    alarm(max(seconds, 0.001))
    try:
        yield
    finally:
        alarm(0.0)
        sys.unraisablehook = report


def by_signal(seconds: float) -> None:
    """Set a signal that raises Slow. Not on Windows."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.05 if seconds else 0.0)


def listen() -> None:
    """Set what happens when the time of a program is over."""

    def ring(*_: Any) -> None:
        raise Slow

    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, ring)
