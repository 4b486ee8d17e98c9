"""Files of ours: JSON with a kind and a version, written whole or not at all, with numbers that keep every bit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from engine import checked_path, described, nearest, write_whole

from .checks import NetworkError

VERSION = 1
HOLDS = {"model": "a model: load() reads it", "training": "a training: fit(..., checkpoint=...) goes on with it"}


class Unreadable(NetworkError, OSError):
    """A file that cannot be read."""


class Missing(Unreadable, FileNotFoundError):
    """A file that is not there."""


def named_file(path: Any, usual: str) -> Path:
    """Return the name of a file of ours, which is JSON; NetworkError for the ending of another format.

    `usual` is what such a file is usually called, "model" or "training".
    """
    return checked_path(path, (".json",), usual, NetworkError)


def write(path: str | os.PathLike[str], kind: str, content: dict[str, Any]) -> None:
    """Write a file of ours. If anything goes wrong on the way, the file is as it was before."""
    document = {"gradwalk": kind, "version": VERSION, **content}
    text = ",\n".join(f"{json.dumps(key)}: {_json_text(value)}" for key, value in document.items())
    write_whole(Path(path), f"{{\n{text}\n}}\n".encode())


def read(path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """What `write` wrote. Raises NetworkError for a file that is broken, none of ours, newer or of another kind."""
    if not isinstance(path, (str, os.PathLike)):
        raise NetworkError(f"a file has a name, such as 'model.json', and this is a {type(path).__name__}.")
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        refusal = Missing if isinstance(problem, FileNotFoundError) else Unreadable
        raise refusal(_unreadable(path, problem)) from None
    except UnicodeDecodeError:
        raise NetworkError(f"{path} is no file of Gradwalk's: it is not even text.") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NetworkError(
            f"{path} is broken, or no file of Gradwalk's: it is no JSON{where}. Was it cut off, or edited?"
        ) from None
    if not isinstance(document, dict) or document.get("gradwalk") not in [*HOLDS]:
        raise NetworkError(f"{path} is JSON, but no file of Gradwalk's: save(model, path) writes one.")
    if document["gradwalk"] != kind:
        raise NetworkError(f"{path} holds {HOLDS[document['gradwalk']]}.")
    version = document.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        remedy = "a newer Gradwalk wrote it: pip install --upgrade gradwalk" if newer else "there is no such version"
        raise NetworkError(f"{path} is of version {version!r}, and this Gradwalk reads {VERSION}: {remedy}.")
    return document


def _unreadable(path: str | os.PathLike[str], problem: OSError) -> str:
    """Say why a file cannot be read, and which one may be meant."""
    shown, file = described(str(path)), Path(path)
    if isinstance(problem, IsADirectoryError):
        return f"{shown} is a folder, and a file is read: give its name, too, such as 'model.json'."
    if not isinstance(problem, FileNotFoundError):
        return f"{shown} cannot be read: {problem.strerror}."
    if not file.parent.is_dir():
        return f"there is no folder {described(str(file.parent))} to read {file.name!r} from."
    near = nearest(file.name, [each.name for each in file.parent.iterdir() if each.is_file()])
    return f"there is no file {shown}" + (
        f": did you mean {near[0]!r}?" if near else f" in {str(file.parent.resolve())!r}."
    )


def _json_text(value: Any) -> str:
    """JSON, with a line for each list in a list."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)
