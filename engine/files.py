"""Check the names of files before any work, read files with a limit, and write them completely or not at all."""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from errno import EACCES, EFBIG, EINVAL, EISDIR, ELOOP, ENAMETOOLONG
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, TypeVar

from .arguments import described, nearest, public
from .errors import ArgumentError, GradwalkError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Result = TypeVar("Result")
WINDOWS = os.name == "nt"
# What Windows keeps for its devices, with any ending, and the letters that no file there may have in its name.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))
FORBIDDEN = '<>:"|?*'
WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.3)  # seconds: how long another program may hold a file on Windows
OLD_DRAFT = 3600.0  # seconds: no writer takes so long, so an older draft is left over from one that was killed
FIRST = 4096  # bytes of a file by which it is known what it is
NAMED = 30  # letters of a file's name that stand in its draft's, whose own name must not become too long


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
        if problem.errno == ELOOP:
            raise error(f"{described(target.name)} is a link that leads back to itself: remove it.") from None
    text = str(os.fspath(path))
    if not WINDOWS and "\\" in text:
        here = text.replace("\\", "/")
        here = here.rpartition("/")[2] if PureWindowsPath(text).anchor else here
        raise error(
            f"{described(text)} is written as on Windows, and here a / separates folders: write {described(here)}."
        )
    if WINDOWS and (wrong := _wrong_on_windows(target.name)):
        raise error(f"{described(target.name)} cannot be the name of a file on Windows: {wrong}.")
    if str(path) and target.is_dir():
        folder = described(target.name or str(path))
        raise error(f"{folder} is a folder: give the name of a file, such as {str(target / usual)!r}.")
    if str(path)[-1:] in SEPARATORS:
        raise error(f"{described(str(path))} ends as a folder does: give the name of a file, such as {usual!r}.")
    suffix = target.suffix.lower()
    if suffixes and suffix not in suffixes:
        near = (nearest(suffix, suffixes) or suffixes)[0]
        endings = f"{', '.join(suffixes[:-1])} or {suffixes[-1]}" if len(suffixes) > 1 else suffixes[0]
        stem = Path(target.name.strip("'\"")).stem.strip(" .")
        is_name = re.search(r"\w", stem) and f".{stem.lower()}" not in suffixes  # not that of -, .. or .svg
        is_whole = stem.lower().endswith(tuple(suffixes))  # a.svg.
        meant = stem if is_name and is_whole else f"{stem if is_name else name}{near}"
        raise error(f"{described(target.name)} does not end with {endings}. Did you mean {described(meant)}?")
    if not target.parent.is_dir():
        shown = described(str(target.parent))
        raise error(f"{described(target.name)} cannot be saved: there is no folder {shown}{of_home(target)}.")
    return target


@public
def of_home(path: Path) -> str:
    """Return what to write for a path that begins with ~, which a shell alone takes for the home folder; else ""."""
    if path.parts[:1] != ("~",):
        return ""
    return f", and ~ means none here: write Path({described(str(path))}).expanduser()"


@public
def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either complete or unchanged, even if the program is killed while it writes.

    The data is written to a temporary file, the draft, in the same folder, under a name that no other writer has; the
    draft then replaces the file. A link stays a link: the file that it leads to is written. If a writer is killed,
    its draft stays, and is deleted at the first write of the same file after an hour.

    Raises OSError if the file cannot be written, PermissionError if it exists and may not be changed; then no draft
    is left behind.
    """
    path = Path(os.path.realpath(path))
    kind = _mode(path)
    if kind is not None and stat.S_ISDIR(kind):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if kind is not None and not stat.S_ISREG(kind):
        _write_through(path, data)
        return
    if kind is not None and not os.access(path, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES), str(path))
    start = f".{path.name[:NAMED]}."
    draft = path.with_name(f"{start}{os.urandom(8).hex()}.draft")
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if kind is not None:
            os.chmod(draft, kind & 0o777)
        patiently(lambda: os.replace(draft, path))
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
    _sync_folder(path.parent)
    _remove_old_drafts(path.parent, start)


@public
def read_whole(path: str | os.PathLike[str], most: int, check: Callable[[bytes], None] = lambda start: None) -> bytes:
    """Return what a file holds.

    `check` is called with its first bytes, before the rest is read, and may raise an error.

    Raises OSError if the file cannot be read, if it is not a regular file (such as a pipe), and if it has more than
    `most` bytes.
    """
    # O_NONBLOCK opens a pipe at once, which is then refused; the system's own files may have no end.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if WINDOWS and os.path.isdir(path):  # which cannot be opened there
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    handle = patiently(lambda: os.open(path, flags))
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(EINVAL, "it is a device or a pipe, not a file", str(path))
        if status.st_size > most:
            raise OSError(EFBIG, f"it has more than {most:,} bytes", str(path))
        with open(handle, "rb", closefd=False) as file:
            check(file.read(FIRST))
            file.seek(0)
            data = file.read(status.st_size + 1)  # a number that it takes memory for
    finally:
        os.close(handle)
    return data


def patiently(action: Callable[[], Result]) -> Result:
    """Return what an action on a file returns; on Windows, try again while another program holds the file."""
    for wait in WAITS if WINDOWS else ():
        try:
            return action()
        except PermissionError:
            time.sleep(wait)
    return action()


def _mode(path: Path) -> int | None:
    """Return the kind and the permissions of what has a name; None if nothing has."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _write_through(path: Path, data: bytes) -> None:
    """Write to a device or a pipe, such as /dev/stdout, which holds nothing that could be lost."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe that nobody reads is an error
    os.set_blocking(handle, True)
    with open(handle, "wb") as file:
        file.write(data)


def _wrong_on_windows(name: str) -> str:
    """Return why a file on Windows cannot have a name; "" if it can."""
    if DEVICES.fullmatch(name):
        return f"{name.partition('.')[0]} is a device there"
    letters = [letter for letter in name if letter in FORBIDDEN or ord(letter) < 32]
    if letters:
        return f"it holds {letters[0]!r}"
    return "it ends with a dot or a space" if name[-1:] in (".", " ") else ""


def _remove_old_drafts(folder: Path, start: str) -> None:
    """Remove the drafts whose names begin with `start`, if the writers that they are of were killed long ago."""
    draft = re.compile(re.escape(start) + r"[0-9a-f]{16}\.draft")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if draft.fullmatch(entry.name):
                with suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > OLD_DRAFT:
                        os.unlink(entry.path)


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
