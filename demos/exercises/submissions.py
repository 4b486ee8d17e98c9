"""What was handed in: students' folders and files, wherever an archive put them, and what each file is worth."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .folder import FolderError
from .sandbox import Trouble
from .verdict import Verdict

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


def read(path: Path) -> str | Trouble | None:
    """What a student's file says; None if there is none; what is wrong if it cannot be read."""
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():  # a link may lead to what is not the student's
        return Trouble(f"{path.name} is not a file: a folder, a link or something else goes by its name.")
    try:
        if path.stat().st_size > LARGEST:
            return Trouble(f"{path.name} is larger than {LARGEST // 10**6} MB: an exercise has a few lines.")
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError:
        return Trouble(f"{path.name} is not saved as UTF-8: choose that in the editor, and save it again.")
    except OSError as error:
        return Trouble(f"{path.name} cannot be read: {error.strerror}.")
