"""Find the students' folders in what was handed in, also in unpacked archives, and read their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .folder import FolderError
from .sandbox import Trouble
from .textfile import Unreadable, read_text
from .verdict import Verdict

PATTERNS = ("ex[0-9][0-9]_*.py", "*/ex[0-9][0-9]_*.py", "*/*/ex[0-9][0-9]_*.py")


@dataclass(frozen=True)
class Grade:
    """The verdict on one file, and how many seconds the check took."""

    verdict: Verdict
    seconds: float = 0.0

    @property
    def points(self) -> int:
        return int(self.verdict.done)


@dataclass
class Submission:
    """A student's folder and its grades, in the order of the exercises. The name is that of the folder."""

    name: str
    folder: Path
    grades: list[Grade] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(grade.points for grade in self.grades)


def submissions(folders: Sequence[str]) -> list[Submission]:
    """Return the submissions in some folders, sorted by name.

    A folder that holds exercises is a student's. Any other folder holds students' folders, whose exercises may lie up
    to two folders deeper, as archives unpack. A student's folder without exercises is a submission in which nothing
    is begun. Links are ignored, because they may lead to another student's folder.

    Raises FolderError if a folder does not exist, or holds no exercises.
    """
    students = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise FolderError(f"There is no folder {folder}.")
        if _exercise_folders(folder, PATTERNS[:1]):
            students.append(Submission(folder.resolve().name, folder))
            continue
        inside = {each: _exercise_folders(each, PATTERNS) for each in folder.iterdir() if _may_be_students(each)}
        if not any(inside.values()):
            raise FolderError(f"{folder} holds no exercises, and no folders of students who have any.")
        for each, holders in inside.items():
            names = [
                each.name if len(holders) < 2 else f"{each.name}/{holder.relative_to(each)}" for holder in holders
            ]
            students += map(Submission, names or [each.name], holders or [each])
    names = [student.name for student in students]
    for student in students:
        if names.count(student.name) > 1:
            student.name = str(student.folder)
    return sorted(students, key=lambda student: (student.name.casefold(), student.name))


def _exercise_folders(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """Return the folders that hold exercises, at the smallest depth at which there are any."""
    for pattern in patterns:
        holders = sorted({file.parent for file in folder.glob(pattern)})
        holders = [each for each in holders if all(map(_may_be_students, _between(folder, each)))]
        if holders:
            return holders
    return []


def _between(folder: Path, inner: Path) -> list[Path]:
    """Return the folders on the path from a folder to one inside it."""
    parts = inner.relative_to(folder).parts
    return [folder.joinpath(*parts[: place + 1]) for place in range(len(parts))]


def _may_be_students(folder: Path) -> bool:
    """Return whether a folder may be a student's: not a link, and not one that an archive or a tool adds."""
    return not folder.name.startswith((".", "__")) and not folder.is_symlink() and folder.is_dir()


def read_submitted(path: Path) -> str | Trouble | None:
    """Return the text of a student's file; None if there is none; a Trouble if it cannot be read."""
    try:
        return read_text(path)
    except FileNotFoundError:
        return None
    except Unreadable as error:
        return Trouble(f"{path.name} {error}")
    except OSError as error:
        return Trouble(f"{path.name} cannot be read: {error.strerror}.")
