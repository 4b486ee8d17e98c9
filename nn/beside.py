"""What stands in the way of Gradwalk's own packages: a file `engine.py` of the user's, for example.

This module imports nothing of ours, so that it can be read where `engine` or `nn` is hidden.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]  # the folder that holds engine, nn and demos


def hiding_file(name: str) -> str:
    """Return the path of the file that `import name` reads in place of Gradwalk's package, "" if nothing hides it.

    The file is not run: a module that is already imported is asked for its file, another one is only looked up.
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
    """Return what to do about the file that hides a package of ours: which one to rename."""
    if os.path.basename(path).startswith("__init__."):
        return f"Rename the folder {os.path.dirname(path)}, for example to my_{name}"
    return f"Rename it, for example to my_{name}.py"


def refuse_hidden(who: str, *names: str) -> None:
    """Raise ImportError if a file of the user's hides one of these packages of ours; `who` needs them."""
    for name in names:
        if path := hiding_file(name):
            sentence = (
                f"{who} needs Gradwalk's {name}, and {path} hides it. {remedy(name, path)}, and restart Python."
            )
            raise ImportError(sentence, name=name, path=path)
