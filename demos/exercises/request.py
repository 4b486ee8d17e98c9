"""`Request`: the words that follow a command, and the folder and the exercise that they name."""

from __future__ import annotations

from typing import NamedTuple

from engine.terminal import TextStyle

from .course import COURSE, RUN, Exercise, exercise
from .folder import Folder, FolderError


class Request(NamedTuple):
    """The words that follow a command, the folder if one is named, and the layout of the terminal."""

    words: list[str]
    where: str | None
    style: TextStyle

    @property
    def folder(self) -> Folder:
        return Folder.find(self.where)

    def say(self, text: str) -> None:
        print(self.style.paragraph(text))

    def chosen(self, folder: Folder) -> Exercise:
        """Return the exercise that is named, else the current one. Raises FolderError if all are done."""
        if self.words:
            return exercise(self.words[0])
        if current := folder.current():
            return current
        raise FolderError(
            f"All are done. This looks at one of them again:\n    {RUN} check {COURSE[0].id}{folder.option}"
        )
