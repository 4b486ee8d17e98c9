"""Grades: every student's files judged anew, side by side, and one report. An exercise that is right is one point."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

from .course import COURSE, Exercise, exercise
from .folder import Folder, FolderError
from .formats import FORMATS
from .probe import Reading
from .sandbox import Trouble, readings
from .verdict import Verdict, untouched, weighed

LARGEST = 1_000_000  # bytes in a student's file
PATTERNS = ("ex[0-9][0-9]_*.py", "*/ex[0-9][0-9]_*.py", "*/*/ex[0-9][0-9]_*.py")


@dataclass(frozen=True)
class Grade:
    """The verdict on one file of a student's, and the seconds that it took."""

    verdict: Verdict
    seconds: float = 0.0

    @property
    def points(self) -> int:
        return int(self.verdict.done)


@dataclass
class Submission:
    """A student's folder and its grades, in the order of the course. Its name is the folder's."""

    name: str
    folder: Path
    grades: list[Grade] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(grade.points for grade in self.grades)


def main(arguments: Sequence[str]) -> int:
    """`grade [FOLDER]... [--format ...] [--output FILE] [--exercise ID]...`

    The exit status is 0 if the grades were found, whatever they are; 2 if what was asked for cannot be done; 130 if
    Ctrl-C ended it, and what was judged until then has been reported.
    """
    options = _options(arguments)
    stop = Event()
    try:
        exercises = [exercise(name) for name in options.exercise] or COURSE
        found = submissions([*options.folder] or [str(Folder.find().path)])
        if options.format == "gradescope" and len(found) > 1:
            raise ValueError(f"Gradescope takes one student at a time, and here are {len(found)}: name one folder.")
        grade(found, list(dict.fromkeys(exercises)), stop)
        if stop.is_set():
            print("Stopped: what follows is what was judged until then.", file=sys.stderr)
        _write(FORMATS[options.format](found), options.output)
    except (FolderError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 130 if stop.is_set() else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m demos.exercises grade",
        description="Judge the files of a student, or of all students in a folder, anew, and report.",
    )
    add = parser.add_argument
    add("folder", nargs="*", metavar="FOLDER", help="a student's folder, or one that holds students' folders")
    add("--format", choices=FORMATS, default="text", help="what to write (text)")
    add("--output", metavar="FILE", help="where to write it, in UTF-8 (the terminal)")
    add("--exercise", action="append", default=[], metavar="ID", help="grade this one only; may be repeated")
    return parser.parse_args(arguments)


def _write(report: str, file: str | None) -> None:
    if file:
        Path(file).write_text(report, encoding="utf-8", newline="\n")
    else:
        encoding = sys.stdout.encoding or "utf-8"
        print(report.encode(encoding, "replace").decode(encoding), end="")


def submissions(folders: Sequence[str]) -> list[Submission]:
    """The students' folders in some folders, by name: a folder that holds exercises is a student's.

    One that holds none may hold students' folders, or theirs a folder or two deeper, as archives unpack. A student's
    folder in which no exercise is found is a student with nothing begun.

    Raises FolderError if a folder is not there, or nobody's exercises are in it.
    """
    found = []
    for given in map(Path, folders):
        if not given.is_dir():
            raise FolderError(f"There is no folder {given}.")
        if _homes(given, PATTERNS[:1]):
            found.append(Submission(given.resolve().name, given))
            continue
        inside = {each: _homes(each, PATTERNS) for each in given.iterdir() if each.is_dir() and _counts(each.name)}
        if not any(inside.values()):
            raise FolderError(f"{given} holds no exercises, and no folders of students who have any.")
        for each, homes in inside.items():
            names = [each.name if len(homes) < 2 else f"{each.name}/{home.relative_to(each)}" for home in homes]
            found += map(Submission, names or [each.name], homes or [each])
    names = [student.name for student in found]
    for student in found:
        if names.count(student.name) > 1:
            student.name = str(student.folder)
    return sorted(found, key=lambda student: (student.name.casefold(), student.name))


def _homes(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The folders that hold exercises: of the least depth at which there are any."""
    for pattern in patterns:
        homes = sorted({file.parent for file in folder.glob(pattern)})
        if homes := [home for home in homes if all(map(_counts, home.relative_to(folder).parts))]:
            return homes
    return []


def _counts(name: str) -> bool:
    """Whether a folder may be a student's: none that an archive or a tool adds."""
    return not name.startswith((".", "__"))


def grade(found: Sequence[Submission], exercises: Sequence[Exercise], stop: Event) -> None:
    """Fill in the grades, several files at a time; the same text handed in by many is judged once.

    After Ctrl-C, `stop` is set, and what is not judged yet has the state "not judged".
    """
    texts = [[read(each.folder / asked.file) for asked in exercises] for each in found]
    begun = {
        (asked, text): each.folder / asked.file
        for each, row in zip(found, texts)
        for asked, text in zip(exercises, row)
        if isinstance(text, str) and not untouched(asked, text)
    }
    judged = _judged(begun, stop)
    for each, row in zip(found, texts):
        each.grades = [_grade(asked, text, begun, judged) for asked, text in zip(exercises, row)]


Answer = tuple[Exercise, str]


def _judged(begun: Mapping[Answer, Path], stop: Event) -> dict[Answer, Grade]:
    """The grades of all that was begun, until Ctrl-C sets `stop`. Answers run side by side; they are judged here."""
    grades: dict[Answer, Grade] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_run, *answer, path, stop): answer for answer, path in begun.items()}
        try:
            for done in as_completed(running):
                answer = running[done]
                result, seconds = done.result()
                grades[answer] = Grade(_weighed(*answer, result), seconds)
                _progress(len(grades), len(running))
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
    _progress(0, 0)
    return grades


def _run(asked: Exercise, source: str, path: Path, stop: Event) -> tuple[list[Reading] | Trouble, float]:
    since = monotonic()
    return readings(asked, source, path, stop=stop), monotonic() - since


def _weighed(asked: Exercise, source: str, result: list[Reading] | Trouble) -> Verdict:
    """A verdict in any case: readings that a hostile answer wrote itself may have any shape."""
    try:
        return weighed(asked, source, result)
    except Exception as error:
        return Verdict(asked, "error", trouble=Trouble(f"What it gives cannot be judged: {type(error).__name__}."))


def _grade(
    asked: Exercise, text: str | Trouble | None, begun: Container[Answer], judged: Mapping[Answer, Grade]
) -> Grade:
    if isinstance(text, Trouble):
        return Grade(Verdict(asked, "error", trouble=text))
    if text is None or (asked, text) not in begun:
        return Grade(Verdict(asked, "not begun"))
    return judged.get((asked, text)) or Grade(Verdict(asked, "not judged", trouble=Trouble("It was not judged.")))


def read(path: Path) -> str | Trouble | None:
    """What a student's file says; None if there is none; what is wrong if it cannot be read."""
    if not os.path.lexists(path):
        return None
    if not path.is_file():
        return Trouble(f"{path.name} is not a file: a folder or something else goes by its name.")
    try:
        if path.stat().st_size > LARGEST:
            return Trouble(f"{path.name} is larger than {LARGEST // 10**6} MB: an exercise has a few lines.")
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError:
        return Trouble(f"{path.name} is not saved as UTF-8: choose that in the editor, and save it again.")
    except OSError as error:
        return Trouble(f"{path.name} cannot be read: {error.strerror}.")


def _progress(done: int, of: int) -> None:
    """A line on a terminal that is written over, and wiped out by 0 of 0."""
    if sys.stderr.isatty():
        text = f"judged {done} of {of}" if of else ""
        print(f"\r{text:<40}" + "\r" * (not of), end="", file=sys.stderr, flush=True)
