"""The table of exercises, one row each, in the order in which they are taught."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path, PureWindowsPath
from typing import Any

from .._ours import spelled

HERE = Path(__file__).parent
RUN = spelled("exercises")  # how a command starts

# What an answer may import: only modules that do not contain the answer.
BARE, ENGINE, NETS = ("math",), ("math", "engine"), ("math", "random", "engine", "nn")


@dataclass(frozen=True)
class Exercise:
    """An exercise: a row of the table. Its texts and its check are in its folder.

    - `name`, `title`: "reuse", "A node that is used twice".
    - `asks`: the names that an answer must define.
    - `imports`: the modules that an answer may import.
    - `seconds`: how long a check may take.
    - `number`: its place in the table, counted from 1. It changes when a row is put in before it; the name does not.
    """

    name: str
    title: str
    asks: tuple[str, ...]
    imports: tuple[str, ...] = BARE
    seconds: float = 10.0
    number: int = 0

    @property
    def id(self) -> str:
        """The number as students type it: "ex05"."""
        return f"ex{self.number:02}"

    @property
    def folder(self) -> Path:
        return HERE / f"ex_{self.name}"

    @property
    def file(self) -> str:
        """The name of the student's file."""
        return f"{self.id}_{self.name}.py"

    @property
    def template(self) -> str:
        """The file as a student gets it, with its TODO and its number."""
        return self._read("exercise.py").replace('"""Exercise: ', f'"""Exercise {self.number}: ', 1)

    @property
    def solution(self) -> str:
        return self._read("right/solution.py")

    @property
    def hints(self) -> list[str]:
        """The first three hints: a question, the concept, a skeleton. The fourth is the solution."""
        text = self._read("hints.md").replace("gradwalk exercises", RUN)
        return [part.strip() for part in text.split("\n---\n")]

    @property
    def right(self) -> list[Path]:
        """The solution, and right answers in other styles."""
        return sorted((self.folder / "right").glob("*.py"))

    @cached_property
    def check(self) -> Any:
        """The module check.py of the exercise, which has `probes(rng)`."""
        return import_module(f"demos.exercises.{self.folder.name}.check")

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


ROWS = [
    Exercise("nudge",             "A numeric nudge",                          ("slope",)),
    Exercise("by_hand",           "A gradient by hand",                       ("gradient",)),
    Exercise("predict",           "The gradients of a drawn graph",           ("gradients",)),
    Exercise("local_derivatives", "Local derivatives of add and mul",         ("add_backward", "mul_backward")),
    Exercise("reuse",             "A node that is used twice",                ("Value",)),
    Exercise("functions",         "Local derivatives of exp, tanh and pow",   ("Value",)),
    Exercise("relu",              "ReLU and its kink",                        ("relu", "relu_backward")),
    Exercise("quotient",          "Local derivatives of a quotient, log and minus", ("div_backward", "log_backward", "neg_backward")),
    Exercise("gradcheck",         "A gradcheck",                              ("gradcheck",)),
    Exercise("recursion",         "A backward pass that goes too early",      ("Value",)),
    Exercise("order",             "Topological order",                        ("topological",)),
    Exercise("descent",           "Gradient descent, and where it diverges",  ("descend", "largest_rate")),
    Exercise("zero_grad",         "A second step, and zero_grad",             ("train",), ENGINE),
    Exercise("neuron",            "A neuron",                                 ("Neuron",), (*ENGINE, "random")),
    Exercise("network",           "A layer and an MLP",                       ("Layer", "MLP"), (*ENGINE, "random")),
    Exercise("symmetry",          "A start that breaks the symmetry",         ("init",), ("math", "random")),
    Exercise("xor",               "A network that learns XOR",                ("train",), NETS, 20.0),
    Exercise("bugs",              "Find three mistakes in a training",        ("train",), ENGINE),
    Exercise("curves",            "What a training's numbers tell",           ("causes",)),
    Exercise("softmax",           "A stable softmax and cross-entropy",       ("softmax", "cross_entropy"), ENGINE),
    Exercise("sanity",            "Two checks before a training",             ("first_loss", "overfit", "verdict"), ENGINE),
    Exercise("digits",            "Digits, and an honest test",               ("evaluate",), (*NETS, "numpy")),
    Exercise("second",            "The slope of a slope",                     ("derivatives",), ENGINE),
    Exercise("define",            "An operation of your own",                 ("swish_operation",), ENGINE),
    Exercise("matrix",            "A layer is a matrix",                      ("layer",), ENGINE),
    Exercise("gpt",               "A tiny GPT, blind to the future",          ("attention",), NETS),
    Exercise("generate",          "A tiny GPT that writes",                   ("embed", "loss_of", "sample"), (*ENGINE, "random")),
]  # fmt: skip
COURSE = [replace(row, number=number) for number, row in enumerate(ROWS, 1)]


def exercise(name: str) -> Exercise:
    """Return an exercise by its id ("ex05"), its number ("5"), its name ("reuse") or its file name.

    Raises ValueError, with the nearest name, if there is none.

    >>> exercise("5").title
    'A node that is used twice'
    """
    key = re.sub(r"^(ex)?0*(?=[1-9])", "", PureWindowsPath(name.strip()).name.lower().removesuffix(".py"))
    for each in COURSE:
        if key in (each.name, str(each.number)) or is_file_name(key, each):
            return each
    from engine import nearest

    close = nearest(key, [each.name for each in COURSE])
    remedy = f"did you mean {close[0]}?" if close else f"they are {COURSE[0].id} to {COURSE[-1].id}."
    raise ValueError(f"There is no exercise {name}: {remedy}")


def is_file_name(stem: str, exercise: Exercise) -> bool:
    """Return whether a file of this name, without .py, is an exercise's: its number may be that of an earlier course.

    >>> [is_file_name(stem, COURSE[4]) for stem in ("ex05_reuse", "ex17_reuse", "ex05", "ex05_order")]
    [True, True, False, False]
    """
    return re.fullmatch(rf"(ex)?\d+_{exercise.name}", stem) is not None
