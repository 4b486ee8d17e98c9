"""The command `gradwalk`: the table of subcommands, and the functions that find, explain and run them.

To add a subcommand, add a row to COMMANDS. Its module is imported when it is used, and has two functions:

    add_arguments(parser, name)   add the arguments of the subcommand `name`, for its help and for completion
    run(words, parser) -> int     run the subcommand with the words after its name; return the exit status

The exit status is 0 for success, 1 if a computation or a file fails, 2 if the command is not understood, and 130
after Ctrl-C. `run` may raise any GradwalkError or OSError (status 1), or call `parser.error(sentence)` (status 2).
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from argparse import Action, ArgumentError, ArgumentParser, HelpFormatter, Namespace, _StoreAction, _SubParsersAction
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

from .._ours import keep_ours, program, spelled
from .._streams import discard, flush_streams, open_streams, sentence_about

NARROW, WIDE = 40, 80  # the least and the most columns of help
EXERCISE = re.compile(r"(?i)ex\d\d?(_\w+)?(\.py)?")  # the names of an exercise

# What other commands call their options, and the name here.
OTHER_OPTIONS = {
    **dict.fromkeys(("o", "output", "save", "file", "png", "pdf", "html", "page", "picture"), "out"),
    **dict.fromkeys(("s", "steps", "interactive", "i"), "step"), "sheet": "worksheet", "w": "worksheet",
    "v": "version", "f": "format",
}  # fmt: skip
LONGEST_WORD = 200  # characters of a word in a message
Examples = tuple[tuple[str, str], ...]  # a command without "gradwalk", and what it does


class Command(NamedTuple):
    """A row of the table: a subcommand, what it does, its module, its examples, and more text for its help."""

    name: str
    help: str
    module: str
    examples: Examples
    more: str = ""

    def load(self) -> ModuleType:
        return import_module(self.module)


EXPRESSION = (
    "An expression has numbers, names, + - * / ** and the operations that `gradwalk operations` lists.\n\n"
    "School notation is read, too: 2x, x², x^2, a·b, |x|, √x, ln(x), sin x, pi, e; and Python's math.exp(x) and "
    "x.tanh(). What can be read in two ways, such as 1/2x, is answered with the lines to type."
)
STATUS = "The exit status is 0 for success, 1 if a computation or a file fails,\n2 if the command is not understood."

COMMANDS = [
    Command("walk", "step through an expression and its gradients", "engine.command", (
        ('walk "tanh(a*b + c)" a=2 b=-3 c=6.5', "every step, forward and backward"),
        ('walk "d = a*b; d*d + a" a=2 b=1/3 --step', "name a part d, and go step by step at a prompt"),
        ('walk "x² + 3x" x=2 --out walk.html', "a page that plays it in a browser"),
        ('walk "x² + 3x" x=2 --worksheet sheet.html', "a sheet to fill in, with the answers"),
    ), EXPRESSION),
    Command("draw", "draw the graph of an expression", "engine.command", (
        ('draw "tanh(a*b + c)" a=2 b=-3 c=6.5', "save a picture, and open it if there is a screen"),
        ('draw "d = a*b; d*d + a" a=2 b=1/3 --out d.svg', "save it here"),
        ('draw "a*b + c" a=2 b=-3 c=10 --local --dot', "print DOT, with local derivatives on the edges"),
    ), EXPRESSION),
    Command("check", "compare each derivative of an expression with a nudge", "engine.command", (
        ('check "log(a) / b" a=0.5 b=2', "each derivative, beside its numeric estimate"),
    ), EXPRESSION),
    Command("exercises", "exercises to solve in a folder of your own", "demos.cli.exercises", (
        ("exercises", "list the commands, and say which to type now"),
        ("exercises init", "write the exercises into the folder exercises"),
        ("exercises check ex05", "check your answer; if it is wrong, say what is wrong"),
        ("exercises hint", "print a hint for the current exercise"),
    )),
    Command("classroom", "the classroom for browsers: nothing to install there", "demos.cli.classroom", (
        ("classroom --build", "build it once; this needs Node.js with npm"),
        ("classroom", "serve it on this machine"),
        ("classroom --save site", "write its folder, for a web server"),
    )),
    Command("labs", "eleven labs: predict, run, explain", "demos.cli.scripts", (
        ("labs", "list them"),
        ("labs dead_relu", "run one; its picture is saved in the current folder"),
    )),
    Command("demo", "scripts that each show an idea", "demos.cli.scripts", (
        ("demo", "list them"),
        ("demo tour", "start here: a neuron walked and drawn, a network trained"),
        ("demo one_weight --show", "run one, and open its pictures in the browser"),
        ("demo one_weight --save pictures", "or keep them in a folder"),
    )),
    Command("grade", "grade a folder of students' folders", "demos.cli.exercises", (
        ("grade submissions", "a table to read"),
        ("grade submissions --format csv --output grades.csv", "a row for each student, for a spreadsheet"),
    )),
    Command("operations", "list the operations: formula, derivatives, domain", "demos.cli.operations", (
        ("operations", "the whole table"),
    )),
    Command("doctor", "print versions, Graphviz, devices, and what hides what", "demos.cli.doctor", (
        ("doctor", "the whole report; run it where something does not work"),
    )),
    Command("completion", "print a script that completes commands at TAB", "demos.cli.completion", (
        ("completion bash >> ~/.bashrc", "for bash"),
        ("completion zsh > ~/.zfunc/_gradwalk", "for zsh, with ~/.zfunc in fpath"),
        ("completion fish > ~/.config/fish/completions/gradwalk.fish", "for fish"),
    )),
]  # fmt: skip
BY_NAME = {command.name: command for command in COMMANDS}

DESCRIPTION = (
    "Write scalars, see every gradient: step through expressions, draw them, learn from demos and exercises."
)
FIRST_EXAMPLES: Examples = (
    ('walk "tanh(a*b + c)" a=2 b=-3 c=6.5', "every step of an expression of yours"),
    ("demo tour", "a neuron walked and drawn, a network trained"),
    ("exercises", "exercises to solve, each checked with a diagnosis"),
    ("walk --help", "the arguments of a command, with examples"),
)


class Once(_StoreAction):
    """An argument that stores what is typed, and refuses to be typed a second time."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option_string: Any = None) -> None:
        if self.option_strings and getattr(namespace, self.dest, self.default) != self.default:
            raise ArgumentError(None, f"{'/'.join(self.option_strings)} is given twice: keep one")
        super().__call__(parser, namespace, values, option_string)


class Parser(ArgumentParser):
    """An ArgumentParser whose errors are one sentence that names the help."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for action in (None, "store"):
            self.register("action", action, Once)

    def error(self, message: str) -> NoReturn:
        sentence = self._clearer(message).removesuffix(".")
        sign = "" if sentence[-1:] == "?" else ";"
        self.exit(2, f"gradwalk: {sentence}{sign} {self.prog} --help shows how it is used.\n")

    def _clearer(self, message: str) -> str:
        """Return a message of argparse in plain words, with what may be meant."""
        if match := re.fullmatch(r"unrecognized arguments: (.*)", message, re.DOTALL):
            word = match[1].split()[0] if match[1].split() else ""
            name, equals, _ = word.partition("=")
            if word[:1] == "-" and (option := self._option_meant(name)):
                return f"there is no {name}: did you mean {option}?"
            if word[:2] == "--" and equals:
                return f"there is no option {name}. For a number, write {word.lstrip('-')}"
            return f"{match[1]} is not understood here" if word[:1] == "-" else f"{match[1]} is too much"
        if match := re.fullmatch(r"argument (\S+): ignored explicit argument .*", message, re.DOTALL):
            return f"{match[1]} takes nothing after it"
        if match := re.fullmatch(r"argument (\S+): expected one argument", message):
            return f"{match[1]} needs {self._needed(match[1])} after it"
        return message

    def _option_meant(self, typed: str) -> str:
        """Return the option that a word which is none may be meant as; "" if none is near."""
        from engine import nearest

        options = {option.lstrip("-"): option for option in self._option_string_actions if option[:2] == "--"}
        word = typed.lstrip("-").lower()
        word = OTHER_OPTIONS.get(word, word)
        near = nearest(word, options) or [option for option in options if len(word) > 1 and word in option]
        return options[near[0]] if near else ""

    def _needed(self, option: str) -> str:
        """Return what follows an option, as its help names it."""
        action = self._option_string_actions.get(option.partition("/")[0])
        return f"a {str(action.metavar).lower()}" if action and action.metavar else "something"

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End with a status, after a message that fits into the columns of the terminal."""
        if message:
            print_problem(message)
        sys.exit(status)

    def print_help(self, file: Any = None) -> None:
        """Print the help; unlike argparse's own, it fails where nothing can be printed."""
        print(self.format_help(), end="", file=file or sys.stdout)


def print_problem(message: str) -> None:
    """Print a message to the error stream; where nothing can be printed, the exit status has to say it."""
    try:
        print(fitted(message), file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr)


def fitted(message: str) -> str:
    """Return a message in lines of at most 80 columns, or fewer where the terminal is narrower."""
    width = min(max(shutil.get_terminal_size().columns, NARROW), WIDE)
    message = re.sub(rf"\S{{{LONGEST_WORD},}}", lambda word: f"{word[0][:57]}...", message)
    return textwrap.fill(message.strip(), width, break_long_words=False, break_on_hyphens=False)


class Formatter(HelpFormatter):
    """A formatter for help of at most 80 columns. The line of an example is not broken, so that it can be copied."""

    def __init__(self, prog: str, **options: Any) -> None:
        columns = shutil.get_terminal_size().columns
        options["width"] = min(max(columns, NARROW), WIDE) - 1
        super().__init__(prog, max_help_position=min(22, columns // 3), **options)

    def _format_action(self, action: Action) -> str:
        rows = action._get_subactions() if isinstance(action, _SubParsersAction) else [action]
        return "".join(
            super(Formatter, self)._format_action(row) for row in rows
        )  # without the line that lists all commands in braces

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(self._fill_line(line, width) for line in text.split("\n"))

    def _fill_line(self, line: str, width: int) -> str:
        if line.startswith(f"  {program()} "):  # a command to copy is not broken
            return line
        indent = line[: len(line) - len(line.lstrip())]
        return textwrap.fill(
            line.strip(), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )


def epilog(examples: Examples, more: str = "") -> str:
    """Return the end of a help text: examples, and `more`."""
    lines = ["examples:"]
    for words, meaning in examples:
        lines += [f"  {program()} {words}", f"      {meaning}"]
    return "\n".join([*lines, *(["", more] if more else [])])


def version() -> str:
    """Return the version of Gradwalk that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("gradwalk")
    except PackageNotFoundError:
        return "(run from its source, not installed)"


def whole_parser(load: bool = False) -> ArgumentParser:
    """Return the parser of `gradwalk` with its subcommands, and with their arguments if `load` is true."""
    parser = Parser(
        program(), description=DESCRIPTION, epilog=epilog(FIRST_EXAMPLES, STATUS), formatter_class=Formatter
    )
    parser.add_argument("--version", "-V", action="store_true", help="print the version of Gradwalk")
    rows = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        row = rows.add_parser(command.name, help=command.help, **texts(command))
        if load:
            command.load().add_arguments(row, command.name)
    return parser


def texts(command: Command) -> dict[str, Any]:
    """Return the texts of a subcommand's help, as arguments of its parser."""
    description = command.help[0].upper() + command.help[1:] + "."
    text = epilog(command.examples, command.more)
    return {"description": description, "epilog": text, "formatter_class": Formatter}


def run(words: Sequence[str]) -> int:
    """Run a subcommand with its arguments, and return the exit status."""
    words = asked(words)
    first = words[0] if words else "--help"
    if first[:1] == "-":
        if whole_parser().parse_args(words or [first]).version:
            print(f"gradwalk {version()}")
        return 0
    if first not in BY_NAME:
        return failed(unknown_command(first), 2)
    command, rest = BY_NAME[first], list(words[1:])
    if command.module == "engine.command" and len(rest) == 1 and EXERCISE.fullmatch(rest[0]):
        return failed(f"{rest[0]} is an exercise: {program()} exercises {first} {rest[0]}", 2)
    module = command.load()
    parser = Parser(spelled(first), **texts(command))
    module.add_arguments(parser, first)
    return int(module.run(rest, parser))


def asked(words: Sequence[str]) -> Sequence[str]:
    """Return words with --help for `help`, and --version for `version`."""
    match list(words):
        case ["help" | "-?" | "/?"]:
            return ["--help"]
        case ["help", command]:
            return [command, "--help"]
        case ["version"]:
            return ["--version"]
        case [command, "-help" | "-?" | "/?"]:
            return [command, "--help"]
    return words


def unknown_command(word: str) -> str:
    """Return the error for a first word that is not a subcommand, with what may be meant."""
    from engine import nearest

    from .. import DEMOS
    from ..exercises.commands import WORDS
    from ..labs import LABS

    lists = f"{program()} --help lists the commands"
    if re.search(r"[-+*/(=;]", word):
        return f'{word!r} is not a command. To step through an expression: {program()} walk "{word}"'
    if EXERCISE.fullmatch(word):
        return f"{word!r} is not a command. To check that exercise: {program()} exercises check {word}"
    for known, command in ((DEMOS, "demo"), (LABS, "labs"), (WORDS, "exercises")):
        if word in known:
            return f"{word!r} is not a command. Did you mean {program()} {command} {word}? {lists}."
    near = nearest(word, [*BY_NAME, "demos", "lab", "exercise"])
    meant = {"demos": "demo", "lab": "labs", "exercise": "exercises"}
    suggestion = f" Did you mean {meant.get(near[0], near[0])}?" if near else ""
    return f"{word!r} is not a command.{suggestion} {lists}."


def failed(sentence: object, status: int = 1) -> int:
    """Print an error, and return the exit status."""
    print_problem(f"gradwalk: {sentence}")
    return status


def finished(end: SystemExit) -> int:
    """Return the exit status of a program that has called `sys.exit`."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    return failed(end.code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit status. Each error is printed as one sentence."""
    keep_ours()
    if not open_streams():
        return failed("there is no output to print to.")
    status = outcome(sys.argv[1:] if arguments is None else arguments)
    problem = flush_streams()
    return status or (reported(problem) if problem else 0)


def outcome(words: Sequence[str]) -> int:
    """Run a command, report what goes wrong, and return the exit status."""
    try:
        try:
            return run(words)
        except SystemExit as end:
            return finished(end)
    except KeyboardInterrupt:
        with suppress(OSError):
            print(file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        return reported(error)
    except Exception as error:
        from engine import GradwalkError

        if isinstance(error, GradwalkError):
            return failed(error)
        raise


def reported(error: OSError) -> int:
    """Report a file or an output that cannot be used, and return the exit status."""
    sentence = sentence_about(error)
    return failed(sentence) if sentence else 1
