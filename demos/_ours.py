"""Find how Gradwalk was started, and import its own packages even beside a user's files of the same names."""

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
    """An import hook that finds Gradwalk's packages beside this file, whatever `sys.path` lists first."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [str(ROOT)]) if path is None and name in OURS else None


def keep_ours() -> None:
    """Make all later imports find Gradwalk's own packages, even beside a user's engine.py, nn.py or demos/.

    It is called by programs of ours, such as the command `gradwalk`. In a user's program, their files come first.
    """
    if OurFinder not in sys.meta_path:
        sys.meta_path.insert(0, OurFinder)  # type: ignore[arg-type]
    here = os.getcwd()
    if started_module() and here != str(ROOT) and sys.path[:1] == [here]:
        del sys.path[0]  # Python puts the current folder there for -m: a random.py in it would hide Python's own


def started_module() -> str:
    """Return the module of ours that Python was started with, as in `python -m demos.exercises`; "" if none."""
    words = iter(sys.orig_argv[1:])
    for word in words:
        if word.startswith("-m"):
            module = word[2:] or next(words, "")
            return module if module.partition(".")[0] == "demos" else ""
    return ""


def program() -> str:
    """Return how to type the command `gradwalk` the way this process was started, for usage lines and advice."""
    return "python -m demos.cli" if started_module() == "demos.cli" else "gradwalk"


def spelled(command: str) -> str:
    """Return how to type a subcommand the way this process was started: "gradwalk labs" or "python -m demos.labs"."""
    module = MODULES.get(command, "")
    return f"python -m {module}" if module and module == started_module() else f"{program()} {command}"


def shadowing() -> ModuleType:
    """Return the module nn/shadowing.py, loaded by its path, because `nn` may be a file of the user's."""
    spec = spec_from_file_location("nn.shadowing", ROOT / "nn" / "shadowing.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
