"""Find the students' folders in what was handed in, also in unpacked archives, and the file of each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .course import Exercise
from .file_names import SUFFIXES, is_backup, is_own_name, meant
from .folder import FolderError
from .notebook_files import BEGIN, TESTS, code_of, notebook_name, notebook_text
from .sandbox import Trouble
from .textfile import Unreadable, read_text
from .verdict import Verdict, is_untouched

DEEPEST = 2  # folders below a student's, as archives unpack

# Files that are not answers and may hold some.
HOLDERS = (".zip", ".7z", ".rar", ".gz", ".doc", ".docx", ".odt", ".rtf", ".pdf", ".pages")


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
    """A student's folder and its grades, in the order of the exercises. The name is that of the folder.

    - `files`: the file of each answer that was handed in, by the exercise's id.
    - `notes`: a sentence about each file that has another name, and about each that was not graded.
    """

    name: str
    folder: Path
    grades: list[Grade] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(grade.points for grade in self.grades)

    def file(self, exercise: Exercise) -> Path:
        """Return the file that holds the answer to an exercise, or would."""
        return self.files.get(exercise.id, self.folder / exercise.file)


def submissions(folders: Sequence[str]) -> list[Submission]:
    """Return the submissions in some folders, sorted by name.

    A folder that holds exercises is a student's, unless more folders in it hold some. Any other folder holds
    students' folders, whose exercises may lie up to two folders deeper, as archives unpack. A student's folder
    without exercises is a submission in which nothing is begun. Links are ignored, because they may lead to
    another student's folder. A file that was renamed is recognized where `meant` does so, and a folder without
    any file that has kept its name may hold such files.

    Raises FolderError if a folder does not exist, or holds no exercises.
    """
    students = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise FolderError(f"There is no folder {folder}.")
        inside = {each: _exercise_folders(each) for each in folder.iterdir() if _may_be_students(each)}
        own = sum(is_own_name(file.name) for file in _files(folder))
        if own and own >= sum(map(bool, inside.values())):  # else a few files lie beside the folders of a class
            students.append(_submission(folder.resolve().name, folder, folder))
            continue
        if not any(inside.values()):
            if not _holds(folder, _is_meant):
                raise FolderError(f"{folder} holds no exercises, and no folders of students who have any.")
            students.append(_submission(folder.resolve().name, folder, folder))
            continue
        for each, holders in inside.items():
            if len(holders) < 2:
                students.append(_submission(each.name, *(holders or [each]), each))
            else:
                students += [_submission(f"{each.name}/{one.relative_to(each)}", one, one) for one in holders]
    names = [student.name for student in students]
    for student in students:
        if names.count(student.name) > 1:
            student.name = str(student.folder)
    return sorted(students, key=lambda student: (student.name.casefold(), student.name))


def loose_files(folders: Sequence[str], students: Sequence[Submission]) -> list[Path]:
    """Return the files that may be answers, and lie beside the students' folders, where nothing is graded."""
    taken = {student.folder.resolve() for student in students}
    holders = [folder for folder in map(Path, folders) if folder.resolve() not in taken]
    return sorted(file for folder in holders for file in _files(folder) if _may_be_answer(file.name))


def _submission(name: str, folder: Path, root: Path) -> Submission:
    """Return the submission of a student whose answers lie in `folder`, itself inside of the student's `root`."""
    student = Submission(name, folder)
    answers: dict[str, list[Path]] = {}
    others: list[Path] = []
    for file in sorted(_files(folder), key=lambda file: not is_own_name(file.name)):
        if exercise := meant(file.name):
            answers.setdefault(exercise.id, []).append(file)
        elif _may_be_answer(file.name):
            others.append(file)
    for key, files in sorted(answers.items()):
        graded = _chosen(files)
        student.files[key] = graded
        if not _is_usual(graded):
            student.notes.append(f"{graded.name} was graded as {key}.")
        left = [file for file in files if file != graded and (_is_begun(file) or not _is_usual(file))]
        student.notes += [f"{file.name} was not graded as {key}: {graded.name} was." for file in left]
    student.notes += [f"{file.name} was not graded: which exercise is it?" for file in others]
    for inner in [root, *_folders_inside(root)]:
        if inner != folder:
            for file in filter(lambda file: _may_be_answer(file.name), _files(inner)):
                known = meant(file.name)
                why = "the others lie in another folder." if known else "which exercise is it?"
                student.notes.append(f"{file.relative_to(root).as_posix()} was not graded: {why}")
    return student


def _chosen(files: Sequence[Path]) -> Path:
    """Return the file to grade of those that answer the same exercise, the one with its own name first.

    It is the first that is begun; of several that were all renamed, the one that was saved last.
    """
    if len(files) == 1:
        return files[0]
    begun = [file for file in files if _is_begun(file)]
    if not begun or is_own_name(begun[0].name):
        return (begun or files)[0]
    return max(begun, key=lambda file: (file.lstat().st_mtime, file.name))


def _is_begun(file: Path) -> bool:
    text, exercise = read_submitted(file), meant(file.name)
    return isinstance(text, str) and exercise is not None and not is_blank(exercise, text)


def _is_usual(file: Path) -> bool:
    """Return whether `init` gave a file its name, that of a script or of a notebook."""
    exercise = meant(file.name)
    return exercise is not None and file.name in (exercise.file, notebook_name(exercise))


def is_blank(exercise: Exercise, text: str) -> bool:
    """Return whether an answer is as `init` wrote it, in a script or in a notebook."""
    return is_untouched(exercise, text) or (BEGIN in text and text == code_of(notebook_text(exercise)))


def _is_meant(name: str) -> bool:
    return meant(name) is not None


def _may_be_answer(name: str) -> bool:
    """Return whether a file of this name may be an answer, or hold some."""
    return not name.startswith((".", "__")) and not is_backup(name) and name.casefold().endswith(SUFFIXES + HOLDERS)


def _files(folder: Path) -> list[Path]:
    """Return what lies in a folder and is not a folder, sorted by name; also a folder with the name of an answer."""
    return [each for each in _entries(folder) if each.is_symlink() or each.suffix == ".py" or not each.is_dir()]


def _entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted by name; nothing of a folder that may not be read."""
    try:
        return sorted(folder.iterdir())
    except PermissionError:
        return []


def _holds(folder: Path, named: Callable[[str], bool]) -> bool:
    return any(named(file.name) for file in _files(folder))


def _exercise_folders(folder: Path) -> list[Path]:
    """Return the folders that hold exercises, at the smallest depth at which there are any.

    If all files were renamed, they are the folders with files that are meant as answers.
    """
    for named in is_own_name, _is_meant:
        level = [folder]
        for _ in range(DEEPEST + 1):
            if holders := [each for each in level if _holds(each, named)]:
                return holders
            level = [inner for each in level for inner in _folders(each)]
    return []


def _folders(folder: Path) -> list[Path]:
    return [each for each in _entries(folder) if _may_be_students(each) and each.name != TESTS]


def _folders_inside(folder: Path, depth: int = DEEPEST) -> Iterator[Path]:
    """Yield the folders in a folder, and those in them, down to a depth."""
    for inner in _folders(folder) if depth else ():
        yield inner
        yield from _folders_inside(inner, depth - 1)


def _may_be_students(folder: Path) -> bool:
    """Return whether a folder may be a student's: not a link, and not one that an archive or a tool adds."""
    return not folder.name.startswith((".", "__")) and not folder.is_symlink() and folder.is_dir()


def read_submitted(path: Path) -> str | Trouble | None:
    """Return the text of a student's file, of a notebook the answer; None if there is none, or a Trouble."""
    try:
        text = read_text(path)
        return code_of(text) if path.suffix.casefold() == ".ipynb" else text
    except FileNotFoundError:
        return None
    except Unreadable as error:
        return Trouble(f"{path.name} {error}", kind="file")
    except OSError as error:
        return Trouble(f"{path.name} cannot be read: {error.strerror}.", kind="file")
