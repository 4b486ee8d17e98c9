"""How Gradwalk was started, and how its own packages are found beside a user's files of the same names."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]  # the folder that holds engine, nn and demos
OURS = ("engine", "nn", "demos")
MODULES = {"demo": "demos", "labs": "demos.labs", "exercises": "demos.exercises"}  # what may be run with -m, too


class OurFinder:
    """An import hook that finds Gradwalk's packages where this file is, whatever `sys.path` has before it."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [str(ROOT)]) if path is None and name in OURS else None


def keep_ours() -> None:
    """From now on, import Gradwalk's own packages, even beside a user's engine.py, nn.py or demos/.

    This is for programs of ours, such as the command `gradwalk`. In a program of the user's, their files go first.
    """
    if OurFinder not in sys.meta_path:
        sys.meta_path.insert(0, OurFinder)  # type: ignore[arg-type]
    here = os.getcwd()
    if started_module() and here != str(ROOT) and sys.path[:1] == [here]:
        del sys.path[0]  # Python puts the current folder there for -m: a random.py in it would hide Python's own


def started_module() -> str:
    """Return which module of ours Python was told to run, as in `python -m demos.exercises`; "" if none."""
    words = iter(sys.orig_argv[1:])
    for word in words:
        if word.startswith("-m"):
            module = word[2:] or next(words, "")
            return module if module.partition(".")[0] == "demos" else ""
    return ""


def program() -> str:
    """Return how the command `gradwalk` is spelled where it runs now, for usage lines and advice."""
    return "python -m demos.cli" if started_module() == "demos.cli" else "gradwalk"


def spelled(command: str) -> str:
    """Return how a subcommand is spelled where it runs now: "gradwalk labs", or "python -m demos.labs"."""
    module = MODULES.get(command, "")
    return f"python -m {module}" if module and module == started_module() else f"{program()} {command}"


def beside() -> ModuleType:
    """Return nn/beside.py, loaded by its path, for `nn` may be a file of the user's here."""
    spec = spec_from_file_location("nn.beside", ROOT / "nn" / "beside.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
