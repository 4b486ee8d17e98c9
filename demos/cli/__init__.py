"""The command `gradwalk`: one table of subcommands (command.py), and a module for each."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit status: 130 after Ctrl-C, even while the command is still being loaded."""
    try:
        from .command import main

        return main(arguments)
    except KeyboardInterrupt:
        return 130
