"""What was handed in: students' folders and files, wherever an archive put them, and what each file is worth."""

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
    folder in which no exercise is found is a student with nothing begun. A link counts for nothing, for it may lead
    to another student's folder.

    Raises FolderError if a folder is not there, or nobody's exercises are in it.
    """
    students = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise FolderError(f"There is no folder {folder}.")
        if _homes(folder, PATTERNS[:1]):
            students.append(Submission(folder.resolve().name, folder))
            continue
        inside = {each: _homes(each, PATTERNS) for each in folder.iterdir() if _counts(each)}
        if not any(inside.values()):
            raise FolderError(f"{folder} holds no exercises, and no folders of students who have any.")
        for each, homes in inside.items():
            names = [each.name if len(homes) < 2 else f"{each.name}/{home.relative_to(each)}" for home in homes]
            students += map(Submission, names or [each.name], homes or [each])
    names = [student.name for student in students]
    for student in students:
        if names.count(student.name) > 1:
            student.name = str(student.folder)
    return sorted(students, key=lambda student: (student.name.casefold(), student.name))


def _homes(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The folders that hold exercises: of the least depth at which there are any."""
    for pattern in patterns:
        homes = sorted({file.parent for file in folder.glob(pattern)})
        if homes := [home for home in homes if all(map(_counts, _between(folder, home)))]:
            return homes
    return []


def _between(folder: Path, home: Path) -> list[Path]:
    """The folders on the way from a folder to one that lies in it."""
    parts = home.relative_to(folder).parts
    return [folder.joinpath(*parts[: place + 1]) for place in range(len(parts))]


def _counts(folder: Path) -> bool:
    """Whether a folder may be a student's: none that an archive or a tool adds, and no link to another one."""
    return not folder.name.startswith((".", "__")) and not folder.is_symlink() and folder.is_dir()


def read_submitted(path: Path) -> str | Trouble | None:
    """What a student's file says; None if there is none; what is wrong if it cannot be read."""
    try:
        return read_text(path)
    except FileNotFoundError:
        return None
    except Unreadable as error:
        return Trouble(f"{path.name} {error}")
    except OSError as error:
        return Trouble(f"{path.name} cannot be read: {error.strerror}.")
