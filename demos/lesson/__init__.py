"""Show the pictures of lessons: displayed in a notebook, saved as files at the shell."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from engine import in_notebook, write_whole

from .figures import curve, finish, panels, pattern

__all__ = ["curve", "finish", "panels", "pattern", "picture_folder", "save", "show"]

if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="replace")  # an old console that has no · prints ?


def picture_folder() -> Path:
    """Return the folder for pictures: the one that GRADWALK_PICTURES names, or the current one."""
    return Path(os.environ.get("GRADWALK_PICTURES", "."))


def save(picture: Any, name: str) -> Path:
    """Save a picture in the folder for pictures, and return its path.

    `picture` is a plot, a drawing, or a figure or axes of matplotlib.
    """
    path = picture_folder() / name
    if hasattr(picture, "save"):
        picture.save(path)
    else:
        write_whole(path, _image(picture, path.suffix[1:].lower() or "png"))
    return path


def show(picture: Any, name: str) -> None:
    """Display a picture in a notebook; elsewhere save it, and print where.

    `picture` is a plot, a drawing, or a figure or axes of matplotlib. The file `name` goes to the current folder, or
    to the one that `gradwalk demo NAME --save FOLDER` or the environment variable GRADWALK_PICTURES names.
    """
    if in_notebook():
        _display(picture)
    else:
        print(f"\nThe picture is {save(picture, name)}.")


def _display(picture: Any) -> None:
    """Display a picture below the cell of a notebook, once."""
    if hasattr(picture, "show") and hasattr(picture, "save"):
        picture.show()
        return
    from IPython.display import Image, display

    display(Image(_image(picture, "png")))


def _image(picture: Any, form: str) -> bytes:
    file = BytesIO()
    picture.figure.savefig(file, format=form)
    return file.getvalue()
