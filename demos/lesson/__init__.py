"""What the lessons share: a picture, displayed in a notebook and saved at the shell."""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from engine import in_notebook

if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="replace")  # an old console that has no · prints ?


def show(picture: Any, name: str) -> None:
    """Display a picture in a notebook; elsewhere save it, and print where.

    `picture` is a plot, a drawing, or axes of matplotlib. The file `name` goes to the current folder, or to the one
    that `gradwalk demo NAME --save FOLDER` or the environment variable GRADWALK_PICTURES names.
    """
    if in_notebook():
        _display(picture)
        return
    path = Path(os.environ.get("GRADWALK_PICTURES", "."), name)
    if hasattr(picture, "save"):
        picture.save(path)
    else:
        picture.figure.savefig(path)
    print(f"\nThe picture is {path}.")


def _display(picture: Any) -> None:
    """Display a picture below the cell of a notebook, once."""
    if hasattr(picture, "show") and hasattr(picture, "save"):
        picture.show()
        return
    from IPython.display import Image, display

    file = BytesIO()
    picture.figure.savefig(file, format="png")
    display(Image(file.getvalue()))
