"""Check the names of files before any work is done, and write files completely or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import ENAMETOOLONG
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import described, nearest, public
from .errors import ArgumentError, GradwalkError

if TYPE_CHECKING:
    from collections.abc import Sequence


@public
def checked_path(path: Any, suffixes: Sequence[str], name: str, error: type[GradwalkError]) -> Path:
    """Return a file name as a Path, or say what is wrong with it.

    Parameters
    ----------
    path: the file's name as it was given, a str or a path.
    suffixes: the allowed endings, such as (".svg", ".png"); an error suggests the first. None allows any.
    name: the usual name of such a file, for the error's example, such as "graph".
    error: the kind of error for a wrong ending and for a folder that does not exist.

    Raises
    ------
    ArgumentError for something that is not a file name at all.

    >>> checked_path("graph.SVG", (".svg", ".png"), "graph", GradwalkError).name
    'graph.SVG'
    >>> checked_path("graph.jpg", (".svg", ".png"), "graph", GradwalkError)
    Traceback (most recent call last):
    engine.errors.GradwalkError: 'graph.jpg' does not end with .svg or .png. Did you mean 'graph.png'?
    """
    usual = f"{name}{suffixes[0] if suffixes else ''}"
    if not isinstance(path, (str, os.PathLike)) or isinstance(path, bytes):
        raise ArgumentError(f"a file has a name, such as {usual!r}, and this is of type {type(path).__name__}.")
    try:
        target = Path(path)
        os.stat(os.fsencode(target))
    except (TypeError, ValueError):  # the path is of type bytes, or holds a zero character
        raise ArgumentError(f"{described(path)} cannot be the name of a file: write one such as {usual!r}.") from None
    except OSError as problem:
        if problem.errno == ENAMETOOLONG:
            raise error(
                f"{described(target.name)} is too long for the name of a file: {len(target.name)} letters."
            ) from None
    suffix = target.suffix.lower()
    if suffixes and suffix not in suffixes:
        near = (nearest(suffix, suffixes) or suffixes)[0]
        endings = f"{', '.join(suffixes[:-1])} or {suffixes[-1]}" if len(suffixes) > 1 else suffixes[0]
        meant = f"{target.stem or name}{near}"
        raise error(f"{described(target.name)} does not end with {endings}. Did you mean {described(meant)}?")
    if target.is_dir():
        raise error(
            f"{described(target.name)} is a folder: give the name of a file, such as {str(target / usual)!r}."
        )
    if not target.parent.is_dir():
        raise error(f"{described(target.name)} cannot be saved: there is no folder {described(str(target.parent))}.")
    return target


@public
def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either complete or unchanged, even if the program is killed while it writes.

    The data is written to a temporary file in the same folder, which then replaces the file. Raises OSError if the
    file cannot be written; the temporary file is then deleted.
    """
    draft = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.draft")
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(draft, path.stat().st_mode & 0o777)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Write the folder's list of files to the disk, too, if the system can, so that a power cut loses nothing."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
