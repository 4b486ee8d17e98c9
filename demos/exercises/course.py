"""The table of exercises, one row each, in the order in which they are taught."""

from __future__ import annotations

import re
from dataclasses import dataclass
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

    - `id`, `name`, `title`: "ex05", "reuse", "A node that is used twice".
    - `asks`: the names that an answer must define.
    - `imports`: the modules that an answer may import.
    - `seconds`: how long a check may take.
    """

    id: str
    name: str
    title: str
    asks: tuple[str, ...]
    imports: tuple[str, ...] = BARE
    seconds: float = 10.0

    @property
    def folder(self) -> Path:
        return HERE / f"{self.id}_{self.name}"

    @property
    def file(self) -> str:
        """The name of the student's file."""
        return f"{self.id}_{self.name}.py"

    @property
    def template(self) -> str:
        """The file as a student gets it, with its TODO."""
        return self._read("exercise.py")

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

    @property
    def wrong(self) -> list[Path]:
        """Wrong answers. The docstring of each file says what the mistake is, and what to try."""
        return sorted((self.folder / "wrong").glob("*.py"))

    @cached_property
    def check(self) -> Any:
        """The module check.py of the exercise, which has `probes(rng)`."""
        return import_module(f"demos.exercises.{self.folder.name}.check")

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


COURSE = [
    Exercise("ex01", "nudge",             "A numeric nudge",                          ("slope",)),
    Exercise("ex02", "by_hand",           "A gradient by hand",                       ("gradient",)),
    Exercise("ex03", "predict",           "The gradients of a drawn graph",           ("gradients",)),
    Exercise("ex04", "local_derivatives", "Local derivatives of add and mul",         ("add_backward", "mul_backward")),
    Exercise("ex05", "reuse",             "A node that is used twice",                ("Value",)),
    Exercise("ex06", "functions",         "Local derivatives of exp, tanh and pow",   ("Value",)),
    Exercise("ex07", "relu",              "ReLU and its kink",                        ("relu", "relu_backward")),
    Exercise("ex08", "order",             "Topological order",                        ("topological",)),
    Exercise("ex09", "zero_grad",         "A second step, and zero_grad",             ("train",), ENGINE),
    Exercise("ex10", "gradcheck",         "A gradcheck",                              ("gradcheck",)),
    Exercise("ex11", "descent",           "Gradient descent, and where it diverges",  ("descend", "largest_rate")),
    Exercise("ex12", "neuron",            "A neuron",                                 ("Neuron",), (*ENGINE, "random")),
    Exercise("ex13", "network",           "A layer and an MLP",                       ("Layer", "MLP"), (*ENGINE, "random")),
    Exercise("ex14", "symmetry",          "A start that breaks the symmetry",         ("init",), ("math", "random")),
    Exercise("ex15", "xor",               "A network that learns XOR",                ("train",), NETS, 20.0),
    Exercise("ex16", "softmax",           "A stable softmax and cross-entropy",       ("softmax", "cross_entropy"), ENGINE),
    Exercise("ex17", "digits",            "Digits, and an honest test",               ("evaluate",), (*NETS, "numpy")),
    Exercise("ex18", "gpt",               "A tiny GPT, blind to the future",          ("attention",), NETS),
]  # fmt: skip


def exercise(name: str) -> Exercise:
    """Return an exercise by its id ("ex05"), its number ("5"), its name ("reuse") or its file name.

    Raises ValueError, with the nearest name, if there is none.

    >>> exercise("5").title
    'A node that is used twice'
    """
    key = re.sub(r"^(ex)?0*(?=[1-9])", "", PureWindowsPath(name.strip()).name.lower().removesuffix(".py"))
    for each in COURSE:
        known = each.id[2:].lstrip("0")
        if key in (each.name, known, f"{known}_{each.name}"):
            return each
    from engine import nearest

    close = nearest(key, [each.name for each in COURSE])
    remedy = f"did you mean {close[0]}?" if close else f"they are {COURSE[0].id} to {COURSE[-1].id}."
    raise ValueError(f"There is no exercise {name}: {remedy}")
