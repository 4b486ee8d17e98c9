"""Read and write Gradwalk's files: JSON with a kind and a version, in which a float keeps every bit.

A file is written whole or not at all.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from engine import checked_path, described, nearest, write_whole

from .checks import NetworkError

VERSION = 1
FILE_KINDS = {"model": "a model: load() reads it", "training": "a training: fit(..., checkpoint=...) continues it"}


class Unreadable(NetworkError, OSError):
    """Raised for a file that cannot be read."""


class Missing(Unreadable, FileNotFoundError):
    """Raised for a file that does not exist."""


def named_file(path: Any, usual: str) -> Path:
    """Return the path of a JSON file; raise NetworkError for the ending of another format.

    `usual` is the usual name of such a file without its ending, "model" or "training".
    """
    return checked_path(path, (".json",), usual, NetworkError)


def write(path: str | os.PathLike[str], kind: str, content: dict[str, Any]) -> None:
    """Write a file. If that fails, an existing file stays as it was.

    Parameters
    ----------
    path: the file.
    kind: what it holds, one of FILE_KINDS.
    content: what to write, as JSON allows it.
    """
    document = {"gradwalk": kind, "version": VERSION, **content}
    text = ",\n".join(f"{json.dumps(key)}: {_json_text(value)}" for key, value in document.items())
    write_whole(Path(path), f"{{\n{text}\n}}\n".encode())


def read(path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """Return the content of a file that `write` wrote.

    Raises NetworkError for a file that is broken, not Gradwalk's, of a newer version, or not of this kind.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise NetworkError(f"a file has a name, such as 'model.json', and this is a {type(path).__name__}.")
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        refusal = Missing if isinstance(problem, FileNotFoundError) else Unreadable
        raise refusal(unreadable(path, problem, "model.json")) from None
    except UnicodeDecodeError:
        raise NetworkError(f"{path} is not a file of Gradwalk's: it is not text.") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NetworkError(
            f"{path} is broken, or not a file of Gradwalk's: it is not JSON{where}. Was it cut off, or edited?"
        ) from None
    if not isinstance(document, dict) or document.get("gradwalk") not in [*FILE_KINDS]:
        raise NetworkError(f"{path} is JSON, but not a file of Gradwalk's: save(model, path) writes one.")
    if document["gradwalk"] != kind:
        raise NetworkError(f"{path} holds {FILE_KINDS[document['gradwalk']]}.")
    version = document.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        remedy = "a newer Gradwalk wrote it: pip install --upgrade gradwalk" if newer else "there is no such version"
        raise NetworkError(f"{path} is of version {version!r}, and this Gradwalk reads {VERSION}: {remedy}.")
    return document


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
        return f"there is no folder {described(str(file.parent))} to read {file.name!r} from."
    near = nearest(file.name, [each.name for each in file.parent.iterdir() if each.is_file()])
    return f"there is no file {shown}" + (
        f": did you mean {near[0]!r}?" if near else f" in {str(file.parent.resolve())!r}."
    )


def _json_text(value: Any) -> str:
    """Return a value as JSON, with a line for each list in a list."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)
