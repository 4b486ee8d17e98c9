"""`gradwalk demo` and `gradwalk labs`: list the scripts, or run one."""

from __future__ import annotations

import os
import runpy
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from engine import GradwalkError, open_file

from .. import DEMOS
from .._ours import spelled
from ..labs import LABS
from ..lesson import picture_folder


class Scripts(NamedTuple):
    """Scripts of one kind: the noun for one, their package, what each shows, and a text above their list."""

    noun: str
    package: str
    names: dict[str, str]
    before: str = ""


SCRIPTS = {
    "demo": Scripts("demo", "demos", DEMOS),
    "labs": Scripts("lab", "demos.labs", LABS, "Predict, run, explain. "),
}


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments of `gradwalk demo` or `gradwalk labs` to its parser."""
    scripts = SCRIPTS[command]
    about = f"the {scripts.noun} to run; without it, they are listed"
    parser.add_argument("name", nargs="?", metavar="NAME", choices=list(scripts.names), help=about)
    parser.add_argument("--save", metavar="FOLDER", help="where its pictures go; without it, to the current folder")
    parser.add_argument("--show", action="store_true", help="open its pictures in the browser when it has ended")
    parser.set_defaults(command=command)


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """List the scripts, or run one as `python -m` does."""
    command = str(parser.get_default("command"))
    scripts, start = SCRIPTS[command], spelled(command)
    if words and (words[0][:1] != "-" or words[0] == "-") and words[0] not in scripts.names:
        from engine import nearest

        near = nearest(words[0].removesuffix(".py"), scripts.names)
        remedy = f"Did you mean {near[0]}?" if near else f"{start} lists them."
        parser.exit(2, f"gradwalk: there is no {scripts.noun} {words[0]!r}. {remedy}\n")
    typed = parser.parse_args(words)
    if typed.name:
        with _picture_folder(typed.save) as folder:
            before = _pictures(folder)
            runpy.run_module(f"{scripts.package}.{typed.name}", run_name="__main__", alter_sys=True)
        if typed.show:
            for path in sorted(_pictures(folder).items() - before.items(), key=lambda picture: picture[1]):
                open_file(path[0], GradwalkError, f"The pictures are in the folder {folder.resolve()}.")
        return 0
    if typed.save or typed.show:
        parser.error(f"say which {scripts.noun}: {start} NAME --save FOLDER")
    print(f"{scripts.before}Run one with  {start} NAME\n")
    column = max(map(len, scripts.names)) + 1
    for each, shows in scripts.names.items():
        print(f"  {each:<{column}} {shows}")
    return 0


@contextmanager
def _picture_folder(chosen: str | None) -> Iterator[Path]:
    """Give the folder for pictures, which scripts read from the environment; make the one that was chosen."""
    before = os.environ.get("GRADWALK_PICTURES")
    if chosen is not None:
        try:
            Path(chosen).mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise GradwalkError(f"{chosen} is a file, not a folder: name another one.") from None
        except ValueError:  # a zero character, or half a character
            raise GradwalkError(f"{chosen!r} cannot be the name of a folder.") from None
        os.environ["GRADWALK_PICTURES"] = chosen
    try:
        yield picture_folder()
    finally:
        if chosen is not None:
            os.environ.pop("GRADWALK_PICTURES")
        if before is not None:
            os.environ["GRADWALK_PICTURES"] = before


def _pictures(folder: Path) -> dict[Path, int]:
    """Return the pictures and pages of a folder, each with the time of its last change."""
    files = folder.iterdir() if folder.is_dir() else ()
    return {path: path.stat().st_mtime_ns for path in files if path.suffix in (".png", ".svg", ".html")}
