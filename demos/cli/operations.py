"""`gradwalk operations`: print the operation table, as `python -m engine.ops` does."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add no arguments: `gradwalk operations` has none."""


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Print the table."""
    parser.parse_args(words)
    import_module("engine.listing").show()
    return 0
