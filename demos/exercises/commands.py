"""The commands of the exercises, as a student types them: a table, and a function for most of them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from engine.terminal import TextStyle

from .course import COURSE, RUN, Exercise, exercise
from .diagnosis.ladder import RUNGS
from .diagnosis.search import DEEP, SECONDS
from .drill import drill
from .file_watch import watch_file
from .folder import USUAL, Folder, FolderError
from .help_commands import hint, reset, solution, stepping
from .layout import prose
from .notebook_files import notebook_name
from .report import report
from .request import Request
from .verdict import searched

DEEPER = "--deep"  # what `check` takes
NOTEBOOK = "--notebook"  # what `init` takes


class Entry(NamedTuple):
    """A command: its word, what may follow it, its help text, and the function that returns its exit status."""

    word: str
    takes: str
    does: str
    run: Callable[[Request], int]


def init(request: Request) -> int:
    """Write the files of the exercises that are not in the folder yet."""
    words = [word for word in request.words if word != NOTEBOOK]
    if unknown := [word for word in words if word.startswith("-")]:
        raise FolderError(f"init takes a folder and {NOTEBOOK}, and {unknown[0]} is neither.")
    if len(words) > 1:
        raise FolderError(f"init takes one folder, and {words[1]} is a second one.")
    where = words[0] if words else request.where
    folder = Folder(Path(where or USUAL).expanduser())
    if folder.path.exists() and not folder.path.is_dir():
        raise FolderError(f"{folder.path} is a file, not a folder: name another one.")
    if NOTEBOOK in request.words:
        return init_notebooks(folder, request)
    kept = folder.held()
    written = [each for each in COURSE if each not in kept]
    for each in written:
        folder.add(each)
    report_written(request, folder, written, kept, [each.file for each in written])
    usual = folder.path in (Path(USUAL), Path())
    option = Folder.find(None if usual else str(folder.path)).option
    request.say(f"\nNow type:\n    {RUN} next{option}")
    return 0


def init_notebooks(folder: Folder, request: Request) -> int:
    """Write the exercises as notebooks, and the tests of Otter; files that are there are kept."""
    written = folder.add_notebooks()
    kept = [each for each in COURSE if each not in written]
    report_written(request, folder, written, kept, [notebook_name(each) for each in written])
    opened = folder.path / notebook_name(COURSE[0])
    request.say(
        f"\nOpen {opened} in Jupyter: write the answer, and run the last cell, which checks it. The cells have the "
        f"marks of nbgrader, and the folder tests is for Otter."
    )
    return 0


def report_written(
    request: Request, folder: Folder, written: list[Exercise], kept: list[Exercise], names: list[str]
) -> None:
    """Print how many exercises were written into a folder, and how many were there."""
    if written:
        first = f"{names[0]}{' and so on' * (len(written) > 1)}"
        request.say(f"Wrote {counted(written)} into the folder {folder.path}: {first}.")
    if kept:
        request.say(f"Kept {counted(kept)} as you left {'it' if len(kept) == 1 else 'them'}.")


def listing(request: Request) -> int:
    """List the exercises with their states."""
    folder = request.folder
    states = {each: folder.state(each) for each in COURSE}
    for each, state in states.items():
        row = request.style.row(f"{each.id}  {state}", each.title, 18)
        print(request.style.paint(row, "good") if state == "done" else row)
    done = [*states.values()].count("done")
    request.say(
        f"\n{done} of {len(states)} done." + (f" Go on:\n    {RUN} next{folder.option}" * (done < len(states)))
    )
    return 0


def following(request: Request) -> int:
    """Print the text of the first exercise that is not done."""
    folder = request.folder
    each = folder.next() or request.chosen(folder)  # raises FolderError if all are done
    print(prose(ast.get_docstring(ast.parse(each.template)) or "", request.style))
    path = folder.file(each)
    request.say(f"\nThe TODO is yours, in {path}. Save it, run it, and have it checked; a hint helps you on:")
    typed = f'"{path}"' if " " in str(path) else path
    request.say(f"    python {typed}\n    {RUN} check{folder.option}\n    {RUN} hint{folder.option}")
    return 0


def check_once(request: Request) -> int:
    """Check the file of an exercise once."""
    folder = request.folder
    deep = DEEPER in request.words
    words = [word for word in request.words if word != DEEPER]
    chosen = request._replace(words=words).chosen(folder)
    return 0 if checked(folder, chosen, request.style, DEEP if deep else SECONDS) else 1


def checked(folder: Folder, each: Exercise, style: TextStyle, seconds: float = SECONDS) -> bool:
    """Judge a file, print the report, and return whether it is right.

    For a wrong answer, the line that is wrong is searched for some seconds. Each check that finds the same says more.
    """
    verdict = searched(folder.judged(each), folder.source(each), seconds)
    rung = folder.stuck(each, verdict.ladder.key, RUNGS) if verdict.ladder else 1
    print(report(verdict, style, folder.option, rung=rung))
    if verdict.done:
        coming = folder.next()
        print("\n" + style.paragraph(onward(folder, coming)))
    return verdict.done


def onward(folder: Folder, coming: Exercise | None) -> str:
    """Return what to print after a right answer."""
    if coming is None:
        return f"That was the last one: all {len(folder.held())} are done. Well done, every one of them."
    return f"Next is {coming.id}, {coming.title}:\n    {RUN} next{folder.option}"


def watch(request: Request) -> int:
    """Check the file of an exercise whenever it is saved."""
    folder = request.folder
    each: Exercise | None = request.chosen(folder)
    while each:
        request.say(f"Watching {folder.file(each)}: save it, and it is checked. Ctrl-C ends this.")
        try:
            watch_file(folder.file(each), partial(rechecked, folder, each, request), request.say)
        except KeyboardInterrupt:
            request.say("\nNo longer watching. Your file is as you saved it.")
            return 0
        each = None if request.words else folder.next()
    return 0


def rechecked(folder: Folder, each: Exercise, request: Request) -> bool:
    """Do as `checked`, but print an error for a file that cannot be read: it may be saved again."""
    try:
        return checked(folder, each, request.style)
    except FolderError as error:
        request.say(str(error))
        return False


def counted(exercises: list[Exercise]) -> str:
    """Return how many exercises there are, with the noun."""
    return f"{len(exercises)} exercise{'s' * (len(exercises) != 1)}"


STUDENT_COMMANDS = (
    Entry("init",     "[FOLDER] [--notebook]", "write the exercises into a folder; your own files are kept", init),
    Entry("list",     "",            "list all exercises: done, begun, not begun, or an error", listing),
    Entry("next",     "",            "show the first exercise that is not done", following),
    Entry("check",    "[ID] [--deep]", "check your answer; if it is wrong, say what and where", check_once),
    Entry("watch",    "[ID]",        "check it whenever you save", watch),
    Entry("hint",     "[ID] [RUNG]", "print a question, the concept, a skeleton, the solution", hint),
    Entry("walk",     "[ID]",        "step through the input at which your answer fails", stepping),
    Entry("solution", "[ID]",        "print a right answer, once you have tried", solution),
    Entry("reset",    "[ID]",        "start again; your file is kept under another name", reset),
    Entry("drill",    "[LEVEL] [SHEETS] [SEED]", "write a random graph as sheets to print, with answers", drill),
)  # fmt: skip
WORDS = {command.word: command for command in STUDENT_COMMANDS}


def unknown_word(word: str) -> str:
    """Return what to print for a word that is not a command."""
    try:
        return f"What about {exercise(word).id}? This checks it:\n    {RUN} check {exercise(word).id}"
    except ValueError:
        from engine import nearest

        close = nearest(word, [*WORDS, "grade"])
        return f"{word} is not a command" + (f": did you mean {close[0]}?" if close else f"; {RUN} lists them.")
