"""What was typed after a command, and what it means: which folder, which exercise."""

from __future__ import annotations

from typing import NamedTuple

from .course import RUN, Exercise, exercise
from .folder import Folder, FolderError
from .layout import Layout


class Request(NamedTuple):
    """What was typed after a command: its words, and the folder if one was named."""

    words: list[str]
    where: str | None
    layout: Layout

    @property
    def folder(self) -> Folder:
        return Folder.find(self.where)

    def say(self, text: str) -> None:
        print(self.layout.paragraph(text))

    def chosen(self, folder: Folder) -> Exercise:
        """The exercise that is named, else the one that the student is at. Raises FolderError if all are done."""
        if self.words:
            return exercise(self.words[0])
        if current := folder.current():
            return current
        raise FolderError(f"All are done. This looks at one of them again:\n    {RUN} check ex05{folder.option}")
