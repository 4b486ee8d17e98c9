"""`gradwalk completion`: print a script that completes `gradwalk` at TAB.

shtab makes the script once, and a shell reads it when it starts. So TAB does not start Python, and completion works
in any folder, whatever files are in it. (argcomplete would run `gradwalk` at every TAB.)
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module

SHELLS = ("bash", "zsh", "fish", "tcsh")


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
    print(shtab.complete(whole_parser(load=True), shell))
    return 0
