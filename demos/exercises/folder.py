"""A student's folder: the files of the exercises, and a file with the hints seen and the latest results."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine import write_whole

from .course import COURSE, RUN, Exercise, is_file_name
from .notebook_files import TESTS, notebook_name, notebook_text, otter_test
from .textfile import Unreadable, read_text
from .verdict import STATES, Verdict, judge_source

USUAL = "exercises"
NOTES = ".progress.json"  # grades are never read from it
KINDS = ("hints", "judged", "stuck")  # of notes: hints seen, results, and what checks found before


class FolderError(Exception):
    """Raised with a sentence that says what is wrong with the folder or one of its files."""


@dataclass(frozen=True)
class Folder:
    """A folder for a student's files. `option` is what to add to a command, so that it finds this folder."""

    path: Path
    option: str = ""

    @classmethod
    def find(cls, where: str | None = None) -> Folder:
        """Return the folder `where`; without it, the current one if it holds exercises, else ./exercises.

        Raises FolderError if it holds no exercises.
        """
        if where is None:
            for place in Path(), Path(USUAL):
                if (folder := cls(place)).held():
                    return folder
            if any(Path().glob("ex*.ipynb")) or any(Path(USUAL).glob("ex*.ipynb")):
                raise FolderError(
                    "The exercises here are notebooks, and the last cell of each checks it. For files of Python:\n"
                    f"    {RUN} init"
                )
            raise FolderError(f"There are no exercises here yet. This writes them:\n    {RUN} init")
        quoted = f'"{where}"' if " " in where else where
        folder = cls(Path(where).expanduser(), f" --folder {quoted}")
        if not folder.held():
            command = f"{RUN} init {quoted}"
            raise FolderError(f"{where} holds no exercises yet. This writes them:\n    {command}")
        return folder

    def held(self) -> list[Exercise]:
        """Return the exercises whose files are in the folder."""
        return [exercise for exercise in COURSE if self.file(exercise).is_file()]

    def file(self, exercise: Exercise) -> Path:
        """Return the path of a student's file, also if it has the number of an earlier course."""
        own = self.path / exercise.file
        if os.path.lexists(own):
            return own
        earlier = [each for each in sorted(self.path.glob("ex*.py")) if is_file_name(each.stem, exercise)]
        return earlier[0] if earlier else own

    def add(self, exercise: Exercise) -> None:
        """Write the file of an exercise. Raises FileExistsError if there is one."""
        self.path.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(self.file(exercise)):  # perhaps under an earlier number
            raise FileExistsError(f"{self.file(exercise)} is there already.")
        write_whole(self.file(exercise), exercise.template.encode())

    def add_notebooks(self) -> list[Exercise]:
        """Write the exercises as notebooks, with their tests for Otter. Return those that were not there."""
        written = [each for each in COURSE if not os.path.lexists(self.path / notebook_name(each))]
        (self.path / TESTS).mkdir(parents=True, exist_ok=True)
        for each in written:
            write_whole(self.path / notebook_name(each), notebook_text(each).encode())
        for each in COURSE:
            test = self.path / TESTS / f"{each.id}.py"
            if not os.path.lexists(test):
                write_whole(test, otter_test(each).encode())
        return written

    def source(self, exercise: Exercise) -> str:
        """Return the text of a student's file. Raises FolderError if there is no such file, or it is not text."""
        path = self.file(exercise)
        try:
            return read_text(path, links=True)
        except FileNotFoundError:
            back = f"    {RUN} reset {exercise.id}{self.option}"
            ask = f"{path} is not there: was it renamed or deleted? Give it its name again, or write it anew:"
            raise FolderError(f"{ask}\n{back}") from None
        except Unreadable as error:
            raise FolderError(f"{path} {error}") from None

    def set_aside(self, exercise: Exercise) -> Path:
        """Rename a file to the first unused backup name, and return its new path."""
        path = self.file(exercise)
        places = (path.with_name(f"{path.stem}.backup-{number}.py") for number in range(1, 10**6))
        return path.rename(next(place for place in places if not place.exists()))

    def judged(self, exercise: Exercise) -> Verdict:
        """Judge a file as it is now, store the result, and return it."""
        source = self.source(exercise)
        verdict = judge_source(exercise, source, self.file(exercise))
        self._note("judged", exercise, [_mark(exercise, source), verdict.state])
        return verdict

    def noted(self, exercise: Exercise) -> str:
        """Return the stored state of a file; "" if the file has changed since it was judged."""
        noted = self._notes()["judged"].get(exercise.name)
        mine = isinstance(noted, list) and noted[:1] == [_mark(exercise, self.source(exercise))]
        return str(noted[-1]) if mine and noted[-1] in STATES else ""

    def state(self, exercise: Exercise) -> str:
        """Return the state of a file: the stored one, or that of a check now."""
        if not self.file(exercise).is_file():
            return "no file"
        try:
            return self.noted(exercise) or self.judged(exercise).state
        except FolderError:
            return "error"

    def next(self) -> Exercise | None:
        """Return the first exercise in the folder that is not done; None if all are."""
        return next((exercise for exercise in self.held() if self.state(exercise) != "done"), None)

    def current(self) -> Exercise | None:
        """Return the first exercise whose stored state is not "done", without checking it; None if all are done."""
        for exercise in self.held():
            with suppress(FolderError):
                if self.noted(exercise) == "done":
                    continue
            return exercise
        return None

    def rung(self, exercise: Exercise, chosen: int | None = None) -> int:
        """Return the number of the next hint, from 1 to 4, or `chosen`; store it as seen."""
        seen = self._notes()["hints"].get(exercise.name)
        now = chosen or (min(seen + 1, 4) if type(seen) is int and seen > 0 else 1)
        self._note("hints", exercise, now)
        return now

    def stuck(self, exercise: Exercise, key: str, most: int) -> int:
        """Return how many checks in a row have found the same, `key`, up to `most`; store it."""
        now = noted_again(self._notes()["stuck"].get(exercise.name), key, most)
        self._note("stuck", exercise, now)
        return int(now[1])

    def _notes(self) -> dict[str, Any]:
        """Return the hints seen and the latest results; none from a file that holds something else."""
        with suppress(OSError, Unreadable, ValueError, TypeError, AttributeError, RecursionError):
            notes = json.loads(read_text(self.path / NOTES, links=True))
            return {key: dict(notes.get(key, {})) for key in KINDS}
        return {key: {} for key in KINDS}

    def _note(self, kind: str, exercise: Exercise, what: Any) -> None:
        notes = self._notes()
        notes[kind][exercise.name] = what
        with suppress(OSError, ValueError, RecursionError):  # a folder may be read-only, and the notes nonsense
            write_whole(self.path / NOTES, json.dumps(notes, indent=1).encode())


def noted_again(noted: Any, key: str, most: int) -> list[Any]:
    """Return what to note of a check that found `key`: it, and how many checks in a row did, up to `most`.

    `noted` is what was noted of the check before, if it is of that form.
    """
    before = noted[1] if isinstance(noted, list) and len(noted) == 2 and noted[0] == key else 0
    return [key, min((before if type(before) is int and before > 0 else 0) + 1, most)]


def _mark(exercise: Exercise, source: str) -> str:
    """Return a hash of a source and of its check, so that a stored result holds for these two only."""
    check = (exercise.folder / "check.py").read_text(encoding="utf-8")
    return sha256(f"{source}\n{check}".encode()).hexdigest()[:16]
