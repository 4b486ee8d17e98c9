"""Find a file of the user's that hides one of Gradwalk's packages, such as a file `engine.py`.

This module imports nothing of ours, so that it also works where `engine` or `nn` is hidden.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # the folder that holds engine, nn and demos


def hiding_file(name: str) -> str:
    """Return the path of the file that `import name` reads in place of Gradwalk's package; "" if nothing hides it.

    The file is not run: the path of a module that is already imported is read off it, and any other is looked up.
    """
    if name in sys.modules:
        path: str | None = getattr(sys.modules[name], "__file__", None)
    else:
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            return ""
        path = spec.origin if spec and spec.has_location else None
    if not path or os.path.realpath(os.path.dirname(path)) == os.path.realpath(ROOT / name):
        return ""
    return os.path.abspath(path)


def remedy(name: str, path: str) -> str:
    """Return a sentence that says what to rename, for the file at `path` that hides Gradwalk's package `name`."""
    if os.path.basename(path).startswith("__init__."):
        return f"Rename the folder {os.path.dirname(path)}, for example to my_{name}"
    return f"Rename it, for example to my_{name}.py"


def refuse_hidden(who: str, *names: str) -> None:
    """Raise ImportError if a file of the user's hides one of the packages `names`, which `who` needs."""
    for name in names:
        if path := hiding_file(name):
            sentence = (
                f"{who} needs Gradwalk's {name}, and {path} hides it. {remedy(name, path)}, and restart Python."
            )
            raise ImportError(sentence, name=name, path=path)
