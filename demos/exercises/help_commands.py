"""The commands for a student who is stuck: `hint`, `walk`, `solution` and `reset`."""

from __future__ import annotations

from engine import walk

from . import judge
from .course import RUN, Exercise
from .diagnosis.questions import about, question, skeleton
from .folder import Folder, FolderError
from .layout import prose
from .request import Request
from .verdict import Verdict, is_untouched, searched

RUNGS = ("a question", "the concept", "a skeleton", "the solution")


def hint(request: Request) -> int:
    """Print the next hint of an exercise, or the one that was asked for. It is about the answer's mistake."""
    folder = request.folder
    each = request.chosen(folder)
    chosen = request.words[1] if len(request.words) > 1 else ""
    if chosen and chosen not in ("1", "2", "3", "4"):
        raise FolderError(f"There are four hints, 1 to 4, and {chosen} is not one of them.")
    rung = folder.rung(each, int(chosen) if chosen else None)
    request.say(f"{each.id}, hint {rung} of 4: {RUNGS[rung - 1]}")
    print()
    if rung == 4:
        return solved(request, folder, each)
    for part in hint_parts(each, rung, searched(folder.judged(each), folder.source(each))):
        print(prose(part, request.style))
        print()
    request.say(f"The next rung, {RUNGS[rung]}:\n    {RUN} hint {each.id}{folder.option}")
    return 0


def hint_parts(each: Exercise, rung: int, verdict: Verdict) -> list[str]:
    """Return the parts of a hint: the exercise's own, and before it what the mistake in an answer asks for.

    If only one of several functions is wrong, the exercise's own question may be about another one, and is left out.
    """
    functions, text = about(verdict), each.hints[rung - 1]
    if rung == 1 and (asked := question(verdict)):
        return [part for part in (functions, asked, "" if functions else text) if part]
    return [part for part in (functions, skeleton(text, verdict) if rung == 3 else text) if part]


def stepping(request: Request) -> int:
    """Walk through the graph of the input at which the answer fails, or of another input of the check."""
    folder = request.folder
    each = request.chosen(folder)
    failure = folder.judged(each).failure
    probe = failure.probe if failure and not failure.todo else None
    if probe is None or probe.graph is None:  # then another input of the same check
        probe = next((other for other in judge.probes_for(each, folder.source(each)) if other.graph), None)
    if probe is None or probe.graph is None:
        hint = f"{RUN} hint {each.id}{folder.option}"
        raise FolderError(f"{each.id} has no graph to walk through. A hint helps:\n    {hint}")
    fails = failure is not None and probe is failure.probe
    request.say(f"{'Here your answer fails' if fails else 'An input of the check'}: {probe.input}\n")
    walk(probe.graph(), accumulate=True).repl()  # the graph of zero_grad has been through passes before
    return 0


def solution(request: Request) -> int:
    """Print the solution of an exercise that the student has begun."""
    folder = request.folder
    return solved(request, folder, request.chosen(folder))


def solved(request: Request, folder: Folder, each: Exercise) -> int:
    """Print the solution; raise FolderError if the exercise is not begun."""
    if folder.judged(each).state == "not begun":
        raise FolderError(f"Try it yourself first, right or wrong: {folder.file(each)} is not begun.")
    print(each.solution.rstrip())
    return 0


def reset(request: Request) -> int:
    """Write the file of an exercise anew, and keep the old one under another name."""
    folder = request.folder
    each = request.chosen(folder)
    path = folder.file(each)
    try:
        same = path.exists() and is_untouched(each, folder.source(each))
    except (FolderError, OSError):  # the file is not text
        same = False
    if same:
        request.say(f"{path} is as it was: there is nothing to reset.")
        return 0
    if path.exists():
        request.say(f"What you had is kept: {folder.set_aside(each)}")
    folder.add(each)
    request.say(f"{path} is as it was at first.")
    return 0
