"""`gradwalk completion`: print a script that completes `gradwalk` at TAB.

shtab makes the script once, and a shell reads it when it starts. So TAB does not start Python, and completion works
in any folder, whatever files are in it. (argcomplete would run `gradwalk` at every TAB.)
"""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Sequence
from importlib import import_module
from typing import Any

SHELLS = ("bash", "zsh", "fish", "tcsh")
# What zsh offers for a number or an expression. Without it, zsh explains the argument, and then completes no option.
NOTHING = {"zsh": "()"}


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments of `gradwalk completion` to its parser."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"the shell: {', '.join(SHELLS)}")


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Print the script for a shell."""
    from engine import MissingExtra

    from .command import whole_parser

    shell = parser.parse_args(words).shell
    try:
        shtab = import_module("shtab")
    except ImportError:
        raise MissingExtra("shtab", "completion", "a completion script") from None
    if shell not in shtab.SUPPORTED_SHELLS:
        parser.error(f"the installed shtab does not know {shell}: python -m pip install --upgrade shtab")
    whole = whole_parser(load=True)
    prepare(whole, whole.prog, {"FILE": shtab.FILE, "FOLDER": shtab.DIRECTORY})
    print(shtab.complete(whole, shell))
    return 0


def prepare(parser: ArgumentParser, program: str, kinds: dict[str, Any]) -> None:
    """Prepare a parser, and those of its subcommands, for shtab.

    A shell completes `gradwalk`, however this process was started: `program` is what that is called. Where a file, a
    folder or an exercise belongs, it offers those; `kinds` has what shtab calls the first two.
    """
    from ..exercises.course import COURSE

    parser.prog = parser.prog.replace(program, "gradwalk", 1)
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for inner in action.choices.values():
                prepare(inner, program, kinds)
        elif action.metavar == "ID":
            action.choices = [exercise.id for exercise in COURSE]
        elif action.metavar in kinds:
            action.complete = kinds[str(action.metavar)]  # type: ignore[attr-defined]
        elif action.choices is None and not action.option_strings:
            action.complete = NOTHING  # type: ignore[attr-defined]
