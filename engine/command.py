"""The commands of an expression: `gradwalk walk|draw|check "tanh(a*b + c)" a=2 b=-3 c=10`.

The command line `gradwalk` (demos/cli) looks this module up by its name, in its table of subcommands.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import draw, walk
from .check import gradcheck
from .errors import FormulaError, GradientError
from .expression import Expression, numbers
from .terminal import TextStyle
from .value import Value

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add what a command takes to its parser."""
    parser.add_argument("expression", help="one line of arithmetic; `d = a*b;` before it names a step")
    parser.add_argument("values", nargs="*", metavar="name=number", help="the number of each variable")
    if command == "walk":
        parser.add_argument("--step", action="store_true", help="step through it at a prompt")
    parser.add_argument("--svg", "--out", metavar="FILE", help="save the drawing: .svg .png .pdf or .dot")
    parser.add_argument("--local", action="store_true", help="write local derivatives on the edges of the drawing")
    parser.set_defaults(command=command)


def walked(root: Value, options: Namespace) -> None:
    steps, style = walk(root), TextStyle.of(sys.stdout)
    if options.step:
        steps.repl()
    else:
        print(steps.text(style.width, style.color))
        steps.run()


def drawn(root: Value, options: Namespace) -> None:
    root.backward()
    if not options.svg:
        print(draw(root, local=options.local).dot, end="")


def checked(root: Value, options: Namespace) -> None:
    try:
        print(gradcheck(options.function, *(leaf.data for leaf in options.leaves)))
    except GradientError as error:
        print(error.report)
        raise
    root.backward()


COMMANDS: dict[str, Callable[[Value, Namespace], None]] = {"walk": walked, "draw": drawn, "check": checked}


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Run walk, draw or check on what was typed after it, and return the exit status.

    Exits with status 2 where the expression or its numbers cannot be read. Raises another GradwalkError where the
    mathematics or a file fails.
    """
    try:
        return _run(words, parser)
    except FormulaError as error:
        parser.exit(2, f"gradwalk: {error}\n")


def _run(words: Sequence[str], parser: ArgumentParser) -> int:
    # A leading minus belongs to the expression, and the space keeps argparse from taking it for an option.
    padded = [f" {word}" if word[:1] == "-" and word[1:2] != "-" and word != "-h" else word for word in words]
    options = parser.parse_intermixed_args(padded)
    options.function = function = Expression(options.expression)
    given = numbers(options.values)
    missing = [name for name in function.variables if name not in given]
    if missing:
        have = "have" if len(missing) > 1 else "has"
        example = " ".join(f"{name}=1.0" for name in missing)
        raise FormulaError(f"{' and '.join(missing)} {have} no value: add {example}.")
    if not function.variables:
        raise FormulaError(f"{function.text!r} has no variable to differentiate by: write one, such as a, and a=2.0.")
    for name in [*function.unused, *(name for name in given if name not in function.variables)]:
        print(f"gradwalk: note: the result does not use {name}.", file=sys.stderr)
    options.leaves = [Value(given[name], name) for name in function.variables]
    root = function(*options.leaves)
    COMMANDS[options.command](root, options)
    if options.svg:
        draw(root, local=options.local).save(options.svg)
        print(f"saved {options.svg}")
    return 0
