"""Run the command line of the exercises. Each error is printed as one sentence."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine.terminal import TextStyle

from .._streams import flush_streams, open_streams, sentence_about
from .commands import STUDENT_COMMANDS, WORDS, unknown_word
from .course import COURSE, RUN
from .folder import Folder, FolderError
from .request import Request


def run_words(arguments: Sequence[str]) -> int:
    """Run a command, and return its exit status. Raises FolderError or ValueError with a sentence if it fails."""
    words, where = named(arguments)
    style = TextStyle.of()
    if not words or words[0] in ("help", "-h", "--help"):
        return welcome(style, where)
    word, *rest = words
    if word == "grade":
        from .grading import run_grade as grade

        return int(grade(rest + ([where] if where else [])))
    if word not in WORDS:
        raise FolderError(unknown_word(word))
    command = WORDS[word]
    if {"-h", "--help"} & {*rest}:
        print(style.row(f"{word} {command.takes}", command.does, 24))
        return 0
    options = [each.strip("[]") for each in command.takes.split() if each.startswith("[--")]
    most, named_words = len(command.takes.split()) - len(options), [each for each in rest if each not in options]
    if len(named_words) > most:
        takes = f"takes {command.takes} after it" if most else "takes nothing after it"
        raise FolderError(f"{word} {takes}, and {' '.join(named_words[most:])} is too much.")
    return command.run(Request(rest, where, style))


def named(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the words without --folder, and the folder that it names."""
    words, where = [*arguments], None
    for place, word in enumerate(words):
        if word.startswith("--folder="):
            where = words.pop(place).partition("=")[2]
            break
        if word == "--folder":
            if place + 1 == len(words):
                raise FolderError("--folder needs a folder after it.")
            where = words[place + 1]
            del words[place : place + 2]
            break
    return words, where


def welcome(style: TextStyle, where: str | None) -> int:
    """Print all commands, and the command to type now."""
    print(style.paragraph(f"{len(COURSE)} exercises, from a numeric nudge to a tiny GPT.\n\n{RUN} COMMAND"))
    for word, takes, does, _ in STUDENT_COMMANDS:
        print(style.row(f"  {word} {takes}", does, 22))
    print(style.row("  grade [FOLDER]...", "the results of a folder, or of many students' folders", 22))
    print(
        style.paragraph(
            "\nID is ex05, 5, reuse or the file's name; without it, the command is about the next exercise."
        )
    )
    print(style.paragraph("Every command takes --folder FOLDER."))
    try:
        print(style.paragraph(f"\nNow type:\n    {RUN} next{Folder.find(where).option}"))
    except FolderError:
        print(style.paragraph(f"\nNow type:\n    {RUN} init{f' {where}' if where else ''}"))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return 0 for success, 1 for a wrong answer or a file that fails, 2 for a wrong command."""
    open_streams()
    try:
        status = run_words(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("\nStopped. Your files are as you saved them.")
        return 130
    except OSError as error:
        say, status = sentence_about(error), 1
        flush_streams()
    except (FolderError, ValueError) as error:
        say, status = str(error), 2
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        say = f"That is a fault of the exercises, not yours: {type(error).__name__} in {where}: {error}"
        status = 2  # not 1, which would say that the answer is not right
    if say:
        with suppress(OSError):  # where nothing can be printed, the status says it
            print(TextStyle.of(sys.stderr).paragraph(say), file=sys.stderr)
    return status
