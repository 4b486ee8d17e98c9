"""The command `grade`: check every file of every student, and write one report. A right answer is one point."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NoReturn

from engine import write_whole
from engine.terminal import TextStyle

from .._streams import sentence_about
from .course import COURSE, RUN, Exercise, exercise
from .folder import Folder, FolderError
from .formats import FORMATS
from .inside.reading import Reading
from .isolation import strongest
from .sandbox import Trouble, readings
from .submissions import Grade, Submission, is_blank, loose_files, read_submitted, submissions
from .verdict import Verdict, judge_readings

MOST_LOOSE = 10  # files beside the students' folders that are named
Answer = tuple[Exercise, str]  # an exercise, and the text of an answer to it


def run_grade(arguments: Sequence[str], parser: argparse.ArgumentParser | None = None) -> int:
    """Run `grade [FOLDER]... [--format ...] [--output FILE] [--exercise ID]...`.

    The exit status is 0 if the files were graded, whatever the grades are; 1 if a file fails; 2 if the command is not
    understood; 130 if Ctrl-C ended it. Then the report has what was judged until then.
    """
    stop = Event()
    try:
        options = (parser or _parser()).parse_args(arguments)
        exercises = [exercise(name) for name in options.exercise] or COURSE
        students = submissions([*options.folder] or [str(Folder.find().path)])
        if options.format == "gradescope" and len(students) > 1:
            raise ValueError(
                f"Gradescope takes one student at a time, and there are {len(students)}: name one folder."
            )
        if options.output and not Path(options.output).parent.is_dir():
            raise ValueError(f"There is no folder {Path(options.output).parent} to write {options.output} to.")
        style = TextStyle.of(sys.stderr)
        print(style.paragraph(strongest().line), file=sys.stderr)
        if loose := loose_files(options.folder, students):
            names = ", ".join(style.fit(str(file)) for file in loose[:MOST_LOOSE])
            more = f" and {len(loose) - MOST_LOOSE} more" if len(loose) > MOST_LOOSE else ""
            print(
                style.paragraph(f"Not graded, because they lie in no student's folder: {names}{more}."),
                file=sys.stderr,
            )
        grade(students, list(dict.fromkeys(exercises)), stop)
        if stop.is_set():
            print("Stopped. The report has what was judged until then.", file=sys.stderr)
        _write(FORMATS[options.format](students), options.output)
    except (FolderError, ValueError) as error:
        print(TextStyle.of(sys.stderr).paragraph(str(error)), file=sys.stderr)
        return 2
    except OSError as error:
        if sentence := sentence_about(error):
            print(TextStyle.of(sys.stderr).paragraph(sentence), file=sys.stderr)
        return 1
    return 130 if stop.is_set() else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `grade` takes to its parser."""
    add = parser.add_argument
    add("folder", nargs="*", metavar="FOLDER", help="a student's folder, or one that holds students' folders")
    add("--format", choices=FORMATS, default="text", metavar="FORMAT", help=f"{', '.join(FORMATS)} (text)")
    add("--output", metavar="FILE", help="where to write it, in UTF-8 (the terminal)")
    add("--exercise", action="append", default=[], metavar="ID", help="grade this one only; may be repeated")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message.removesuffix('.')}; {self.prog} --help shows how it is used.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        f"{RUN} grade",
        description="Judge the files of a student, or of all students in a folder, anew, and report.",
    )
    add_arguments(parser)
    return parser


def _write(report: str, file: str | None) -> None:
    if file:
        write_whole(Path(file), report.encode(errors="replace"))
    else:
        encoding = sys.stdout.encoding or "utf-8"
        print(report.encode(encoding, "replace").decode(encoding), end="")


def grade(students: Sequence[Submission], exercises: Sequence[Exercise], stop: Event) -> None:
    """Set the grades of all students. Several files run at a time, and the same text is judged once.

    After Ctrl-C, `stop` is set, and files that are not judged yet have the state "not judged".
    """
    texts = [[read_submitted(student.file(exercise)) for exercise in exercises] for student in students]
    begun = {
        (exercise, text): student.file(exercise)
        for student, row in zip(students, texts)
        for exercise, text in zip(exercises, row)
        if isinstance(text, str) and not is_blank(exercise, text)
    }
    judged = _judged(begun, stop)
    for student, row in zip(students, texts):
        student.grades = [_grade(exercise, text, begun, judged) for exercise, text in zip(exercises, row)]


def _judged(begun: Mapping[Answer, Path], stop: Event) -> dict[Answer, Grade]:
    """Return the grades of the answers in `begun`, until Ctrl-C sets `stop`. Several answers run at a time."""
    grades: dict[Answer, Grade] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_timed_readings, *answer, path, stop): answer for answer, path in begun.items()}
        try:
            for done in as_completed(running):
                answer = running[done]
                result, seconds = done.result()
                grades[answer] = Grade(_verdict(*answer, result), seconds)
                _progress(len(grades), len(running))
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
    _progress(0, 0)
    return grades


def _timed_readings(
    exercise: Exercise, source: str, path: Path, stop: Event
) -> tuple[list[Reading] | Trouble, float]:
    since = monotonic()
    try:
        return readings(exercise, source, path, stop=stop), monotonic() - since
    except Exception as error:  # one bad file must not stop the others
        return Trouble(f"It could not be tried: {error}.", kind="untried"), monotonic() - since


def _verdict(exercise: Exercise, source: str, result: list[Reading] | Trouble) -> Verdict:
    try:
        return judge_readings(exercise, source, result)
    except Exception as error:  # a hostile answer may send readings of any shape
        return Verdict(
            exercise, "error", trouble=Trouble(f"What it gives cannot be judged: {error}.", kind="unreadable")
        )


def _grade(
    exercise: Exercise, text: str | Trouble | None, begun: Container[Answer], judged: Mapping[Answer, Grade]
) -> Grade:
    if isinstance(text, Trouble):
        return Grade(Verdict(exercise, "error", trouble=text))
    if text is None or (exercise, text) not in begun:
        return Grade(Verdict(exercise, "not begun"))
    return judged.get((exercise, text)) or Grade(
        Verdict(exercise, "not judged", trouble=Trouble("It was not judged.", kind="stopped"))
    )


def _progress(done: int, of: int) -> None:
    """Print the progress on one line of a terminal, over the line before; 0 of 0 clears it."""
    if sys.stderr.isatty():
        text = f"judged {done} of {of}" if of else ""
        print(f"\r{text:<40}" + "\r" * (not of), end="", file=sys.stderr, flush=True)
