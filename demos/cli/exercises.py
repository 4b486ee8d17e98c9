"""The subcommands `gradwalk exercises` and `gradwalk grade`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence

from ..exercises import grading
from ..exercises.commands import STUDENT_COMMANDS
from ..exercises.console import main


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments of `gradwalk exercises` or `gradwalk grade` to its parser."""
    if command == "grade":
        grading.add_arguments(parser)
    else:
        parser.add_argument("--folder", metavar="FOLDER", help="where the exercises are (./exercises)")
        rows = parser.add_subparsers(title="commands", metavar="COMMAND")
        for each in STUDENT_COMMANDS:
            row = rows.add_parser(each.word, help=each.does)
            for word in (word.strip("[]") for word in each.takes.split()):
                if word.startswith("--"):
                    row.add_argument(word, action="store_true")
                else:
                    row.add_argument(word.lower(), nargs="?", metavar=word)
        grading.add_arguments(rows.add_parser("grade", help="the results of a folder, or of many students' folders"))
    parser.set_defaults(command=command)


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Run the command, and return its exit status."""
    if words[:1] in (["-h"], ["--help"]):
        parser.print_help()
        return 0
    if parser.get_default("command") == "grade":
        return grading.run_grade(words, parser)
    return main(words)
