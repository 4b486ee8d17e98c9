"""Where the built classroom is kept, what it is built of, and whether it is that of this Gradwalk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from engine import GradwalkError

from .._ours import spelled

SOURCES = Path(__file__).parent
ROOT = SOURCES.parents[1]
PACKAGES = ("engine", "nn", "demos")
STAMP = "build.json"  # in a built folder: which sources it was built of
FOLDER = "GRADWALK_CLASSROOM"  # the variable that names another folder for it


class ClassroomError(GradwalkError, OSError):
    """A classroom that cannot be built or served."""


def built_folder() -> Path:
    """Return the folder of the built classroom, whether or not it is there."""
    if chosen := os.environ.get(FOLDER):
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gradwalk" / "classroom"


def package_files() -> Iterator[tuple[str, Path]]:
    """Yield the files of Gradwalk's packages but documents: the path below their root, with slashes, and the file."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            described = path.suffix == ".md" and path.name != "hints.md"
            if path.is_file() and "__pycache__" not in name and not described:
                yield name, path


def stamp() -> str:
    """Return a hash of all that the classroom is built of."""
    total = sha256()
    for name, path in package_files():
        total.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def checked_folder() -> Path:
    """Return the folder of the built classroom. Raises ClassroomError, with what to type, where it is missing."""
    folder = built_folder()
    if not (folder / STAMP).is_file():
        raise ClassroomError(
            f"the classroom is not built yet. This builds it once, with Node.js and npm: {build_command()}"
        )
    return folder


def is_current(folder: Path) -> bool:
    """Tell whether a built classroom is that of the files beside this one."""
    try:
        return bool(json.loads((folder / STAMP).read_text(encoding="utf-8"))["sources"] == stamp())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def build_command() -> str:
    """Return the command that builds the classroom."""
    return f"{spelled('classroom')} --build"
