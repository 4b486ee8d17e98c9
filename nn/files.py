"""Read and write Gradwalk's files: JSON with a kind and a version, in which a float keeps every bit.

A file is written whole or not at all. A file that is damaged is refused, whatever is wrong with it.
"""

from __future__ import annotations

import json
import os
import sys
from codecs import getincrementaldecoder
from collections import Counter
from math import inf, isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import checked_path, described, nearest, of_home, read_whole, write_whole

from .checks import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = 1
FILE_KINDS = {"model": "a model: load() reads it", "training": "a training: fit(..., checkpoint=...) continues it"}
REMEDIES = {"model": "save the model anew", "training": "remove it, and the training starts anew"}
MOST_BYTES = 2**29  # of a file: more than ten million numbers
EXCERPT = 90  # the most characters of a file that a message shows
NOT_FINITE = {"inf": inf, "-inf": -inf, "nan": nan}  # how a file writes what JSON has no number for


class Unreadable(NetworkError, OSError):
    """Raised for a file that cannot be read."""


class Missing(Unreadable, FileNotFoundError):
    """Raised for a file that does not exist."""


class Unwritable(NetworkError, OSError):
    """Raised for a file that cannot be written."""


class Damaged(NetworkError):
    """Raised for a file whose content is not what it says it is."""


def named_file(path: Any, usual: str, endings: tuple[str, ...] = (".json",)) -> Path:
    """Return the path of a file with one of these endings; raise NetworkError for the ending of another format.

    `usual` is the usual name of such a file without its ending, "model" or "training".
    """
    return checked_path(path, endings, usual, NetworkError)


def write(path: str | os.PathLike[str], kind: str, content: dict[str, Any]) -> None:
    """Write a file. If that fails, an existing file stays as it was, and Unwritable (an OSError) says why.

    Parameters
    ----------
    path: the file.
    kind: what it holds, one of FILE_KINDS.
    content: what to write, as JSON allows it: `as_json` writes numbers that are not finite.
    """
    document = {"gradwalk": kind, "version": VERSION, **content}
    text = ",\n".join(f"{json.dumps(key)}: {_json_text(value)}" for key, value in document.items())
    write_data(path, f"{{\n{text}\n}}\n".encode())


def write_data(path: str | os.PathLike[str], data: bytes) -> None:
    """Write the bytes of a file, whole or not at all; Unwritable (an OSError) says why not."""
    shown = described(Path(path).name)
    if len(data) > MOST_BYTES:
        raise Unwritable(
            f"{shown} cannot be saved: it would have {len(data):,} bytes, and {MOST_BYTES:,} is the most."
        )
    try:
        write_whole(Path(path), data)
    except OSError as problem:
        raise Unwritable(f"{shown} cannot be saved: {problem.strerror or problem}.") from None


def read(path: str | os.PathLike[str], kind: str, entries: tuple[str, ...]) -> dict[str, Any]:
    """Return the content of a file that `write` wrote.

    Parameters
    ----------
    path: the file.
    kind: what it must hold, one of FILE_KINDS.
    entries: the names of what `write` was given, all of which it must have, and no other.

    Raises
    ------
    NetworkError for a file that is broken, not Gradwalk's, of a newer version, or not of this kind. It shows at most
    100 characters of the file.
    """
    if not isinstance(path, (str, os.PathLike)) or isinstance(os.fspath(path), bytes):
        raise NetworkError(f"a file has a name, such as 'model.json', and this is of type {type(path).__name__}.")
    text = _text_of(path)
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except Damaged as error:
        raise damaged(path, kind, str(error)) from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Damaged(
            f"{path} is broken, or not a file of Gradwalk's: it is not JSON{where}. Was it cut off, or edited?"
        ) from None
    kind_of_file = document.get("gradwalk") if isinstance(document, dict) else None
    if not isinstance(kind_of_file, str) or kind_of_file not in FILE_KINDS:
        raise Damaged(f"{path} is JSON, but not a file of Gradwalk's: save(model, path) writes one.")
    if kind_of_file != kind:
        raise NetworkError(f"{path} holds {FILE_KINDS[kind_of_file]}.")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        newer = type(version) is int and version > VERSION
        remedy = "a newer Gradwalk wrote it: pip install --upgrade gradwalk" if newer else "there is no such version"
        raise NetworkError(f"{path} is of version {described(version)}, and this Gradwalk reads {VERSION}: {remedy}.")
    content = {name: value for name, value in document.items() if name not in ("gradwalk", "version")}
    if missing := [name for name in entries if name not in content]:
        raise damaged(path, kind, f"it has no {missing[0]}")
    if more := [name for name in content if name not in entries]:
        raise damaged(path, kind, f"it has {described(more[0])}, which a {kind} has not")
    return content


def damaged(path: Any, kind: str, what: str) -> NetworkError:
    """Return the error for a file that is not as `write` wrote it; `what` is wrong with it."""
    return Damaged(f"{path} is broken, {what}: {REMEDIES[kind]}.")


def excerpt(text: Any) -> str:
    """Return the beginning of a text of a file for a message, on one line."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)[: EXCERPT + 1])
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 3]}..."


def is_number(thing: Any) -> bool:
    """Return whether something that was read is a finite number that a float can hold."""
    return type(thing) in (int, float) and abs(thing) <= sys.float_info.max


def is_count(thing: Any, most: int = 2**53) -> bool:
    """Return whether something that was read is a whole number from 0 to `most`."""
    return type(thing) is int and 0 <= thing <= most


def as_json(number: float) -> float | str:
    """Return a number as a file holds it: JSON has no infinity and no NaN."""
    return number if isfinite(number) else str(float(number))


def from_json(thing: Any) -> float | None:
    """Return the number that `as_json` wrote as a float; None for anything else."""
    if is_number(thing):
        return float(thing)
    return NOT_FINITE.get(thing) if isinstance(thing, str) else None


def unreadable(path: str | os.PathLike[str], problem: OSError, usual: str) -> str:
    """Return a sentence that says why a file cannot be read, and which file may be meant.

    `usual` is a name of such a file, for an example.
    """
    shown, file = described(str(path)), Path(path)
    if isinstance(problem, IsADirectoryError):
        return f"{shown} is a folder, not a file: add the name of the file, such as {usual!r}."
    if not isinstance(problem, FileNotFoundError):
        return f"{shown} cannot be read: {problem.strerror}."
    if not file.parent.is_dir():
        return f"there is no folder {described(str(file.parent))} to read {file.name!r} from{of_home(file)}."
    if file.is_symlink():
        return f"{shown} is a link that leads nowhere."
    near = nearest(file.name, _files_in(file.parent))
    return f"there is no file {shown}" + (
        f": did you mean {near[0]!r}?" if near else f" in {str(file.parent.resolve())!r}."
    )


def _files_in(folder: Path) -> list[str]:
    """Return the names of the files in a folder; none if it cannot be listed."""
    try:
        return [each.name for each in folder.iterdir() if each.is_file()]
    except OSError:
        return []


def _text_of(path: str | os.PathLike[str]) -> str:
    """Return the text of a file; raise NetworkError if it cannot be read, or is not text that begins as JSON does."""
    try:
        return read_data(path, "model.json", lambda start: _check_start(path, start)).decode()
    except UnicodeDecodeError:
        raise _not_text(path) from None


def read_data(path: str | os.PathLike[str], usual: str, check: Callable[[bytes], None] = lambda start: None) -> bytes:
    """Return what a file holds; raise NetworkError if it cannot be read. `check` is called with its first bytes.

    `usual` is a name of such a file, for an example.
    """
    try:
        return read_whole(path, MOST_BYTES, check)
    except NetworkError:
        raise
    except OSError as problem:
        refusal = Missing if isinstance(problem, FileNotFoundError) else Unreadable
        raise refusal(unreadable(path, problem, usual)) from None
    except ValueError:  # of a letter that no name of a file can have
        raise NetworkError(
            f"{described(str(path))} cannot be the name of a file: write one such as {usual!r}."
        ) from None


def _check_start(path: Any, start: bytes) -> None:
    """Raise NetworkError for the first bytes of a file that is not JSON, so that the rest need not be read."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")):
        raise Damaged(f"{path} is not a file of Gradwalk's: it is text in UTF-16. Save it as UTF-8 in the editor.")
    if start.startswith(b"\xef\xbb\xbf"):
        raise Damaged(
            f"{path} is not JSON as Gradwalk writes it: it begins with a byte order mark (BOM). Save it as UTF-8 "
            "without BOM in the editor."
        )
    try:
        text = getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        raise _not_text(path) from None
    if "\0" in text:
        raise _not_text(path)


def _not_text(path: Any) -> NetworkError:
    return Damaged(f"{path} is not a file of Gradwalk's: it is not text.")


def _refuse_constant(name: str) -> Any:
    raise Damaged(f"{name} stands there, which JSON does not have")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a dict; raise Damaged if two of them have one name."""
    named = dict(pairs)
    if len(named) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise Damaged(f"it has {described(counts.most_common(1)[0][0])} twice")
    return named


def _json_text(value: Any) -> str:
    """Return a value as JSON, with a line for each list in a list."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(map(_compact, value)) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, allow_nan=False)
