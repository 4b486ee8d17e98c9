"""The command line: `gradwalk walk|draw|check "tanh(a*b + c)" a=2 b=-3 c=10`, also as `python -m engine`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn

from . import draw, walk
from .check import gradcheck
from .errors import FormulaError, GradientError, GradwalkError
from .expression import Expression, numbers
from .terminal import TextStyle
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DESCRIPTION = "Step through an expression and its gradients, draw its graph, or check its derivatives."
EXAMPLES = """\
examples:
  gradwalk walk "tanh(a*b + c)" a=2 b=-3 c=6.5              every step, forward and backward
  gradwalk walk "tanh(a*b + c)" a=2 b=-3 c=6.5 --step       step by step, at a prompt
  gradwalk draw "d = a*b; d*d + a" a=2 b=1/3 --svg d.svg    name a step, save the drawing
  gradwalk check "log(a) / b" a=0.5 b=2                     each derivative held against a nudge

An expression has numbers, names, + - * / ** and the operations that `python -m engine.ops` lists.
"""


class Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise FormulaError(f"{message}; gradwalk --help shows how it is used.")


def parser() -> ArgumentParser:
    try:
        number = version("gradwalk")
    except PackageNotFoundError:
        number = "(run from its source, not installed)"
    made = Parser("gradwalk", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter)
    made.add_argument("command", choices=COMMANDS, help="print the walk, draw the graph, or check the derivatives")
    made.add_argument("expression", help="one line of arithmetic; `d = a*b;` before it names a step")
    made.add_argument("values", nargs="*", metavar="name=number", help="the number of each variable")
    made.add_argument("--step", action="store_true", help="with walk: step through it at a prompt")
    made.add_argument("--svg", "--out", metavar="FILE", help="save the drawing: .svg .png .pdf or .dot")
    made.add_argument("--local", action="store_true", help="with a drawing: write local derivatives on the edges")
    made.add_argument("--version", action="version", version=f"gradwalk {number}")
    return made


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


def run(arguments: Sequence[str]) -> None:
    # A leading minus belongs to the expression, and the space keeps argparse from taking it for an option.
    padded = [f" {word}" if word[:1] == "-" and word[1:2] != "-" and word != "-h" else word for word in arguments]
    options = parser().parse_intermixed_args(padded or ["--help"])
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if all is well, 1 if the mathematics or a file fails, 2 if the request cannot be read."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console that has no × prints ?
    try:
        run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except GradwalkError as error:
        print(f"gradwalk: {error}", file=sys.stderr)
        return 2 if isinstance(error, FormulaError) else 1
    except OSError as error:
        print(f"gradwalk: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
