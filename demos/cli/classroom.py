"""`gradwalk classroom`: build the classroom for browsers, serve it on this machine, or save its folder."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..classroom.build import build
from ..classroom.places import ClassroomError, build_command, checked_folder, is_current
from ..classroom.serve import PORTS, address, server


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments of `gradwalk classroom` to its parser."""
    parser.add_argument("--build", action="store_true", help="build it, once; needs Node.js with npm")
    parser.add_argument("--save", metavar="FOLDER", help="write the built site there, for a web server")
    parser.add_argument("--port", metavar="N", type=port, help=f"serve it on this port ({PORTS[0]})")
    parser.add_argument("--no-open", action="store_true", help="open no browser")
    parser.set_defaults(command=command)


def port(text: str) -> int:
    """Return the number of a port; 0 takes any that is free."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"a port is a whole number from 0 to 65535, not {text}")
    return int(text)


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Build, save or serve the classroom."""
    typed = parser.parse_args(words)
    if typed.save is not None and typed.port is not None:
        parser.error("--save writes a folder, and --port serves: give one of them")
    if typed.build:
        folder = build(print)
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".gz"]
        print(f"Built {folder}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB.")
    if typed.save is not None:
        return saved(typed.save)
    if typed.build:
        return 0
    folder = checked_folder()
    if not is_current(folder):
        print(f"gradwalk: note: the classroom was built of other files. Anew: {build_command()}", file=sys.stderr)
    running = server(folder, PORTS if typed.port is None else [typed.port])
    print(f"The classroom is at {address(running)}\nCtrl-C ends it.", flush=True)
    if not typed.no_open and sys.stdout.isatty():
        import webbrowser

        webbrowser.open(address(running))
    with running, suppress(KeyboardInterrupt):
        running.serve_forever()
    return 0


def saved(name: str) -> int:
    """Write the built site to a folder that is new or empty."""
    target, folder = Path(name), checked_folder()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ClassroomError(f"{name} is there already, and not an empty folder: name a new one.")
    shutil.copytree(folder, target, dirs_exist_ok=True)
    print(f"saved {name}: copy what is in it to a web server.")
    return 0
