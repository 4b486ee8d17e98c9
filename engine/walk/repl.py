"""The walk by typed words. What does not come from a keyboard is echoed, so that a script's output reads well."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, NamedTuple

from ..arguments import nearest
from ..errors import GradwalkError, NumberError
from ..printer import format_number
from ..terminal import TextStyle
from .explain import Wording, brief, condition, ending, explain_step, opening, place
from .quiz import guessed, judge, question

if TYPE_CHECKING:
    from .cursor import Walk
    from .trace import Step

AROUND = 8  # steps that `list` shows before and after the cursor
SHOWN = 40  # steps that `run` shows, the last of them


class Command(NamedTuple):
    """What may be typed: its words, what may follow them, and what it does."""

    words: str
    takes: str
    does: str


PROMPT_COMMANDS = (
    Command("next n", "[node]", "take the next step (so does the empty line), or all the steps of its node"),
    Command("back b", "[node]", "undo the latest step, or all the steps of its node"),
    Command("run r", "", "take all the steps that are left"),
    Command("goto g", "STEP", "go to a step by its number; also: forward 2, backward 4, seed, start, end"),
    Command("node", "NAME", "go to the next step about a node"),
    Command("predict p", "[NUMBER]", "say what the next step will give, before it is shown"),
    Command("why w", "", "the rule behind the latest step, and a numeric nudge that confirms it"),
    Command("list l", "", "the steps around here, one a line"),
    Command("draw d", "[FILE]", "save a picture of the graph with this step in it"),
    Command("help h ?", "", "this"),
    Command("quit q exit", "", "leave; the gradients stay as shown until backward() (Ctrl-D and Ctrl-C do so, too)"),
)
COMMAND_OF = {word: command for command in PROMPT_COMMANDS for word in command.words.split()}
GLOSSARY = (
    ("7/15>", "the prompt: 7 of 15 steps are taken"),
    (
        "gradient",
        "how strongly the root reacts to a node: 2.0 is twice the node's own move, -1.0 as much, the other way",
    ),
    ("upstream", "the gradient of the node that a step starts from; it is complete by then"),
    ("local", "how strongly that node reacts to one of its arguments; its rule is in the table"),
    ("chain rule", "upstream × local: how strongly the root reacts to the argument, along this edge"),
    ("+=", "a node that is used more than once gets a contribution for each use, and they add up"),
)


class Repl:
    """A conversation about a walk."""

    walk: Walk
    style: TextStyle

    def __init__(self, walk: Walk) -> None:
        self.walk, self.style = walk, TextStyle.of(sys.stdout)
        self.wording: Wording = Wording(walk.trace, self.style)
        self.asking: bool = False  # a prediction was asked for: the next line is its number

    def talk(self) -> None:
        """Go on until quit, the end of the input, or Ctrl-C."""
        if sys.stdin.isatty():
            with suppress(ImportError):
                import readline  # noqa: F401  (with it, a line can be edited, and the arrow keys recall earlier ones)
        print(opening(self.walk.trace, self.style))
        self.say("Press Enter to take a step; type help to see what else there is.")
        if self.walk.step:
            self._here()
        try:
            while self.obey(self.read()):
                pass
        except (EOFError, KeyboardInterrupt):
            print()
        self.say(self.farewell())

    def read(self) -> str:
        try:
            line = input("your number> " if self.asking else f"{self.walk.at}/{len(self.walk)}> ")
        except UnicodeDecodeError:  # the encoding of the input lacks a letter that was typed
            return "\N{REPLACEMENT CHARACTER}"
        if not sys.stdin.isatty() and isinstance(input, BuiltinFunctionType):  # a notebook shows what is typed
            print(self.style.fit(line))
        return line.strip()

    def say(self, text: str) -> None:
        print(self.style.paragraph(text))

    def obey(self, line: str) -> bool:
        """Do what a line says; False if it says to leave."""
        word, _, rest = (line or "next").partition(" ")
        command = COMMAND_OF.get(word.lower())
        if self.asking and line and not command:
            command, rest = COMMAND_OF["predict"], line
        self.asking = False
        if not command:
            self.say(self.unknown(word))
            return True
        name, rest = command.words.split()[0], rest.strip()
        if name == "quit":
            return False
        try:
            if rest and not command.takes:
                self.say(f"{name} takes nothing after it.")
            else:
                getattr(self, f"_{name}")(rest)
        except (GradwalkError, OSError) as error:
            self.say(str(error))
        return True

    def unknown(self, word: str) -> str:
        """What to say to a word that is no command."""
        with suppress(NumberError):
            guessed(word)
            goto = f", goto {word} goes to step {word}" if word.isdecimal() else ""
            return f"{word} is a number: predict {word} says that the next step gives it{goto}."
        if word in self.walk.trace.named.values():
            return f"{word} is a node: node {word} goes to the next step about it."
        close = nearest(word, [name for name in COMMAND_OF if len(name) > 2])
        return f"{word[:40]} is not a word I know" + (
            f": did you mean {close[0]}?" if close else "; help lists them."
        )

    def farewell(self) -> str:
        at, root = self.walk.at, self.wording.name(self.walk.trace.root)
        left, earlier, failure = (
            f"Left at step {at} of {len(self.walk)}",
            self.walk.earlier(),
            self.walk.trace.failure,
        )
        if not at and earlier:
            return f"{left}: the gradients are what they were before this walk."
        if at == len(self.walk) and not failure:
            same = f"all gradients are as {root}.backward() gives them{condition(self.wording, earlier)}"
            return f"Left at the end: {same}."
        if at <= len(self.walk.trace.forward):
            return f"{left}, before any gradient."
        others = "" if failure else f"{root}.backward() finds all of them, "
        return f"{left}: the gradients are as shown. {others}{root}.zero_grad() clears them."

    def _here(self) -> None:
        """Show where the cursor is."""
        step = self.walk.step
        print(explain_step(step, self.style) if step else opening(self.walk.trace, self.style))
        if self.walk.at == len(self.walk) and not self.walk.trace.failure:
            print(ending(self.walk.trace, self.style, self.walk.earlier()))

    def _next(self, by: str) -> None:
        self.walk.next(by or "edge")
        self._here()

    def _back(self, by: str) -> None:
        at = self.walk.at
        self.walk.back(by or "edge")
        for step in reversed(self.walk[self.walk.at : at]):
            before = step.before if self.walk.at else step.target.grad  # at the start, what was there before the walk
            again = (
                ""
                if step.kind == "forward"
                else f" {self.wording.grad(step.target)} is {format_number(before)} again."
            )
            self.say(f"Undone: {place(step)}.{again}")
        if not self.walk.at and self.walk.earlier():
            self.say("All gradients are what they were before this walk.")
        self._here()

    def _run(self, _: str) -> None:
        first = max(self.walk.at, len(self.walk) - SHOWN)
        self.walk.goto("end")
        for step in self.walk[first:-1]:
            self._line("  ", step)
        self._here()
        self.walk.run()  # says so if the pass cannot go on from here

    def _goto(self, where: str) -> None:
        self.walk.goto(where)
        self._here()

    def _node(self, name: str) -> None:
        self.walk.node(name)
        self._here()

    def _predict(self, number: str) -> None:
        step = self.walk.coming
        self.asking = True
        if not number:
            for label, text in question(step, self.wording):
                print(self.style.row(f"  {label}", text))
            return
        verdict = judge(step, number, self.style)
        self.say(verdict.message)
        if verdict:
            self.asking = False
            self._next("")
        else:
            self.say("Try again, or press Enter to see the step.")

    def _why(self, _: str) -> None:
        print(self.walk.why(self.style))

    def _list(self, _: str) -> None:
        first = max(0, self.walk.at - AROUND)
        for step in self.walk[first : self.walk.at + AROUND]:
            self._line(f"{'>' if step.number == self.walk.at else ' '}{step.number:>5}  ", step)

    def _line(self, before: str, step: Step) -> None:
        print(self.style.short(before + brief(step, self.wording), self.style.width))

    def _draw(self, path: str) -> None:
        name = re.sub(r"\W+", "-", self.walk.trace.named[self.walk.trace.root])[:40].strip("-")
        path = path or f"{name}-step-{self.walk.at}.svg"
        self.walk.draw().save(path)
        self.say(f"Saved {path}.")

    def _help(self, _: str) -> None:
        for command in PROMPT_COMMANDS:
            print(self.style.row(f"  {command.words} {command.takes}", command.does, 24))
        print()
        for word, meaning in GLOSSARY:
            print(self.style.row(f"  {word}", meaning))
