"""The commands of an expression: `gradwalk walk|draw|check "tanh(a*b + c)" a=2 b=-3 c=10`.

The command line `gradwalk` (demos/cli) looks this module up by its name, in its table of subcommands.
"""

from __future__ import annotations

import math
import os
import re
import sys
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from . import draw, walk
from .check import gradcheck
from .draw.drawing import DRAWING_SUFFIXES, SUFFIXES
from .errors import DrawError, FormulaError, GradientError
from .expression import Expression, numbers, reading_of_name
from .files import checked_path
from .notation import in_ascii
from .page.shell import PAGE_SUFFIXES, PageError
from .parser import grouped
from .terminal import TextStyle
from .value import Value

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Collection, Sequence

SAVES = {
    "walk": "save the walk: .html is a page that plays it, .svg .png .pdf or .dot a drawing",
    "draw": "save the drawing: .svg .png .pdf .dot, or .html, a page in which folded boxes open",
    "check": "save a drawing, too: .svg .png .pdf .dot or .html",
}


PADDING = "\0"  # no word that is typed has it
QUOTES = {"'": "'", '"': '"', "‘": "’", "“": "”", "„": "“”", "‚": "‘’", "«": "»", "`": "`´"}  # opening, and closing


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments and options of a command to its parser."""
    parser.add_argument("expression", help="one line of arithmetic; `d = a*b;` before it names a step")
    parser.add_argument("values", nargs="*", metavar="name=number", help="the number of each variable")
    if command == "walk":
        parser.add_argument("--step", action="store_true", help="step through it at a prompt")
        parser.add_argument("--worksheet", metavar="FILE", help="save a worksheet to fill in: .html")
    if command == "draw":
        parser.add_argument("--dot", action="store_true", help="print the drawing's text for Graphviz, DOT")
    parser.add_argument("--out", "--svg", metavar="FILE", help=SAVES[command])
    parser.add_argument("--local", action="store_true", help="write local derivatives on the edges of the drawing")
    parser.add_argument("--heat", action="store_true", help="fill the drawing's boxes by the size of their gradients")
    parser.set_defaults(command=command, step=False, worksheet=None, dot=False)


def walked(root: Value, options: Namespace) -> None:
    steps, style = walk(root), TextStyle.of(sys.stdout)
    if options.step:
        steps.repl()
        return
    steps.run()  # an error comes before anything is printed
    print(steps.text(style.width, style.color))
    if is_page(options):
        steps.save(options.out)
        print(f"saved {options.out}")
    if options.worksheet:
        steps.save(options.worksheet, worksheet=True)
        print(f"saved {options.worksheet}")


def drawn(root: Value, options: Namespace) -> None:
    root.backward()
    if options.dot:
        print(draw(root, local=options.local, heat=options.heat).dot, end="")
    elif not options.out:
        shown(root, options)


def shown(root: Value, options: Namespace) -> None:
    """Draw into a new temporary folder, print the path of the file, and open it if there is a screen."""
    drawing = draw(root, local=options.local, heat=options.heat)
    try:
        drawing.svg  # noqa: B018 - it is laid out before a folder is made
    except DrawError as error:
        raise DrawError(f"{error}. Or print the drawing's text: add --dot".replace("..", ".")) from None
    path = drawing.save(Path(mkdtemp(prefix="gradwalk-")) / "graph.svg")
    print(f"saved {path}\n(--out graph.svg saves it here)")
    if sys.stdout.isatty() and has_display():
        import webbrowser

        webbrowser.open(path.as_uri())


def has_display() -> bool:
    """Tell whether a window can open."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def checked(root: Value, options: Namespace) -> None:
    try:
        print(gradcheck(options.function, *(leaf.data for leaf in options.leaves)))
    except GradientError as error:
        if error.report:
            print(error.report)
        raise
    root.backward()


COMMANDS: dict[str, Callable[[Value, Namespace], None]] = {"walk": walked, "draw": drawn, "check": checked}


def is_page(options: Namespace) -> bool:
    """Tell whether a walk's page is to be saved, not a drawing."""
    return options.command == "walk" and bool(options.out) and Path(options.out).suffix.lower() in PAGE_SUFFIXES


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Run walk, draw or check with the arguments that were typed, and return the exit status.

    Exits with status 2 if the expression or its numbers cannot be read. Raises another GradwalkError if an
    operation has no value or a file cannot be written.
    """
    try:
        return _run(words, parser)
    except FormulaError as error:
        sentence = f"gradwalk: {error}\n"
        try:
            sentence.encode(getattr(sys.stderr, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            sentence = in_ascii(sentence)
        parser.exit(2, sentence)


def _run(words: Sequence[str], parser: ArgumentParser) -> int:
    words = unquoted(list(map(_readable, words)))
    # A leading minus belongs to the expression, and the sign before it keeps argparse from taking it for an option.
    padded = [f"{PADDING}{word}" if word[:1] == "-" and word[1:2] != "-" and word != "-h" else word for word in words]
    options = parser.parse_intermixed_args(padded)
    for name, content in vars(options).items():
        setattr(options, name, _without_padding(content))
    check_options(options, parser)
    check_order(options, parser)
    expression, values = options.expression, options.values
    given = numbers(values)
    options.function = function = Expression(expression, given)
    check_values(function, given)
    check_variables(function)
    for note in remarks(function, given):
        noted(note)
    options.leaves = [Value(given[name], name) for name in function.variables]
    root = function(*options.leaves)
    COMMANDS[options.command](root, options)
    if options.out and not is_page(options):
        draw(root, local=options.local, heat=options.heat).save(options.out)
        print(f"saved {options.out}")
    return 0


def remarks(function: Expression, given: Collection[str], of_variable_e: str = "add e=1.0") -> list[str]:
    """Return sentences about what is easily overlooked: what the result does not use, and Euler's number.

    `of_variable_e` says what to do where e is meant as a variable.
    """
    sentences = []
    if unused := [*function.unused, *(name for name in given if name not in function.variables)]:
        verb = "is" if len(unused) == 1 else "are"
        sentences.append(f"{in_sentence(unused)} {verb} not used by the result.")
    if function.reads_e:
        sentences.append(f"e is {math.e:.5f}, Euler's number. For a variable e, {of_variable_e}")
    return sentences


def noted(sentence: str) -> None:
    """Print a note to the error stream."""
    print(TextStyle.of(sys.stderr).paragraph(f"gradwalk: note: {sentence}"), file=sys.stderr)


def check_options(options: Namespace, parser: ArgumentParser) -> None:
    """Exit with status 2 if options do not go together, and raise an error if a file cannot be made."""
    if options.step and (options.out or options.worksheet):
        parser.error("--step opens a prompt, and --out and --worksheet make files: give one of them")
    if options.dot and options.out:
        parser.error("--dot prints the drawing, and --out saves it: give one of them")
    draws = options.command == "draw" or (options.out and not is_page(options))
    if options.local and not draws:
        parser.error("--local is for a drawing: add --out graph.svg")
    if options.heat and not draws:
        parser.error("--heat is for a drawing: add --out graph.svg")
    if options.out is not None and gives_number(options.out):
        parser.error(f"--out needs a file after it, not {options.out}")
    if options.out is not None:
        suffixes = (*DRAWING_SUFFIXES, *PAGE_SUFFIXES) if options.command == "walk" else SUFFIXES
        error = PageError if is_page(options) else DrawError
        checked_path(options.out, suffixes, "graph", error)
    if options.worksheet is not None:
        checked_path(options.worksheet, PAGE_SUFFIXES, "worksheet", PageError)
        if options.out and Path(options.out).resolve() == Path(options.worksheet).resolve():
            parser.error("--out and --worksheet name the same file: give each its own")


def check_variables(function: Expression) -> None:
    """Raise FormulaError if an expression has no variable."""
    if not function.variables:
        raise FormulaError(f"{function.text!r} has no variable to differentiate by: write one, such as a, and a=2.0.")


def check_values(function: Expression, given: dict[str, float]) -> None:
    """Raise FormulaError if a variable has no number, or if a number is given for the result of a step."""
    for name, _ in function.steps:
        if name in given:
            raise FormulaError(
                f"{name} has two values: the expression computes it, and {name}={given[name]:g} gives it. "
                "Leave one of them out."
            )
    missing = [name for name in function.variables if name not in given]
    if not missing:
        return
    have = "have" if len(missing) > 1 else "has"
    example = " ".join(f"{name}=1.0" for name in missing[:10])
    meant = ", ".join(
        f"write {part} for {name}" for name, part in readings_of_names(function, missing, given).items()
    )
    remedy = f"{meant}, or add {example}" if meant else f"add {example}"
    unused = [name for name in given if name not in function.variables]
    note = f". The expression does not read {in_sentence(unused)}" if unused and not meant else ""
    raise FormulaError(f"{in_sentence(missing)} {have} no value: {remedy}{note}.")


def readings_of_names(function: Expression, names: Collection[str], given: Collection[str]) -> dict[str, str]:
    """Return what names without a number may have been meant as, such as x*y for xy, where something is known.

    `given` are the names that have a number.
    """
    parts = {name: part for name in names if (part := reading_of_name(name, given))}
    for name, part in parts.items():
        if "..." not in part and name != function.text.strip():  # 1/ab is 1/(a*b)
            parts[name] = " or ".join(map(grouped, part.split(" or ")))
    return parts


def in_sentence(names: Sequence[str]) -> str:
    """Return names as a list in a sentence: the first few, if there are many.

    >>> in_sentence(["a", "b", "c"]), in_sentence("abcdefghijklm")
    ('a, b and c', 'a, b, c, d, e, f, g, h and 5 more')
    """
    *first, last = names if len(names) <= 10 else [*names[:8], f"{len(names) - 8} more"]
    return f"{', '.join(first)} and {last}" if first else last


def check_order(options: Namespace, parser: ArgumentParser) -> None:
    """Raise FormulaError, with the words to type, if the expression is not the first word or is not in quotes."""
    first, values = options.expression, options.values
    if gives_number(first) and not values:
        raise FormulaError(f'there is no expression: write it first, as in {parser.prog} "a*a + a" a=2')
    if gives_number(first) and values and "=" not in values[-1]:
        line = " ".join([f'"{values[-1]}"', first, *values[:-1]])
        raise FormulaError(f"the expression comes first: {parser.prog} {line}")
    before = list(takewhile(lambda word: not gives_number(word), values))
    if expression := joined_expression([first, *before], values[len(before) :]):
        line = " ".join([f'"{expression}"', *values[len(before) :]])
        raise FormulaError(f"an expression with spaces needs quotes: {parser.prog} {line}")
    for word in values:
        if re.fullmatch(r"-\w+=.*", word):
            raise FormulaError(f"a number has no - before its name: write {word.lstrip('-')}")
        if re.fullmatch(r"-[^\W\d]+", word):
            parser.error(f"unrecognized arguments: {word}")
    if options.step and any(re.fullmatch(r"[-+]?[0-9]+", word) for word in values):
        raise FormulaError("--step takes no number: it stops at each step. Leave the number out.")


def joined_expression(words: Sequence[str], rest: Sequence[str]) -> str:
    """Return the expression that several words are, if `rest` has the numbers of its variables; "" if they are none.

    >>> joined_expression(["a", "+", "b"], ["a=2", "b=3"]), joined_expression(["d=a*a", "d*d"], ["a=2"])
    ('a + b', 'd=a*a; d*d')
    """
    if len(words) < 2:
        return ""
    with suppress(FormulaError):
        given = numbers(rest)
        for between in (" ", "; "):
            with suppress(FormulaError):
                text = between.join(words)
                if given and {*Expression(text, given).variables} <= {*given}:
                    return text
    return ""


def gives_number(word: str) -> bool:
    """Tell whether a word gives the number of a variable, such as a=1/3."""
    try:
        return bool(numbers([word]))
    except FormulaError:
        return False


def unquoted(words: Sequence[str]) -> list[str]:
    """Return words without the quotes that a terminal has left in them, as that of Windows does with '.

    >>> unquoted(["'a*b", "+", "c'", "a=2"])
    ['a*b + c', 'a=2']
    """
    rest, result = list(words), []
    while rest:
        word = rest.pop(0)
        closing = QUOTES.get(word[:1], "")
        ends = [place for place, each in enumerate([word, *rest]) if closing and each and each[-1] in closing]
        if ends and (ends[0] or len(word) > 1):
            word = " ".join([word, *rest[: ends[0]]])[1:-1]
            del rest[: ends[0]]
        result.append(word)
    return result


def _without_padding(content: Any) -> Any:
    if isinstance(content, list):
        return [each.removeprefix(PADDING) for each in content]
    return content.removeprefix(PADDING) if isinstance(content, str) else content


def _readable(word: str) -> str:
    """Return a word as it was typed, also where the locale cannot decode it and Python kept its bytes."""
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word
