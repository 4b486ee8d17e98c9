"""`gradwalk operations`: the operation table, as `python -m engine.ops` prints it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add what `gradwalk operations` takes to its parser: nothing."""


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Print the table."""
    parser.parse_args(words)
    import_module("engine.listing").show()
    return 0
