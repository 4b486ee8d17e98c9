"""The command `drill`: a random graph of a level as sheets to print, each with other numbers, and their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from engine import Value, nodes, walk

from .folder import FolderError
from .request import Request

LEAVES, INNER = "abcdefgh", "pqrstuvw"  # the labels; the root is L
HALVES = [half / 2 for half in range(-6, 7) if half]  # the numbers of the leaves: easy to calculate with
LARGEST = 50.0  # of a number or gradient in a graph
TRIES = 1000  # graphs drawn until one has easy numbers
MOST_SHEETS = 100


@dataclass(frozen=True)
class Level:
    """What a graph of a level has: leaves, inner nodes that are used twice, functions of one node; and its signs."""

    leaves: int
    reused: int
    functions: int
    signs: str

    @property
    def described(self) -> str:
        parts = [f"{self.leaves} leaves, {', '.join(self.signs)}"]
        if self.reused:
            parts.append(f"{self.reused} node{'s' * (self.reused > 1)} used twice")
        if self.functions:
            parts.append(f"{self.functions} function{'s' * (self.functions > 1)}")
        return "; ".join(parts)


LEVELS = (
    Level(3, 0, 0, "+*"),
    Level(4, 0, 0, "+-*"),
    Level(3, 1, 0, "+-*"),
    Level(3, 1, 1, "+-*"),
    Level(4, 2, 2, "+-*"),
)

SIGNS: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
}
FUNCTIONS: tuple[Callable[[Value], Value], ...] = (
    Value.relu,
    Value.tanh,
    Value.exp,
    lambda x: x**2,
)


def random_graph(level: int, rng: Random) -> Value:
    """Return the root of a random graph with small numbers.

    Parameters
    ----------
    level: from 1, the easiest, to 5; `LEVELS` says what each has.
    rng: the generator of random numbers that draws it.

    >>> from random import Random
    >>> len([node for node in nodes(random_graph(1, Random(0))) if node.op])
    2
    """
    for _ in range(TRIES):
        try:
            root = drawn(LEVELS[level - 1], rng)
            if is_easy(root):
                return root
        except ArithmeticError:  # a number that is too large for a float
            continue
    raise FolderError(f"No graph of level {level} with small numbers was drawn in {TRIES} tries: take another seed.")


def drawn(level: Level, rng: Random) -> Value:
    """Return a random graph with the parts of a level. Raises ArithmeticError if a number is too large."""
    names = iter(INNER)
    ends = [Value(rng.choice(HALVES), name) for name in LEAVES[: level.leaves]]  # what is still to be used
    reused, functions = level.reused, level.functions
    while len(ends) > 1 or functions:
        inner = [node for node in ends if node.op]
        if functions and inner and (len(ends) == 1 or rng.random() < 0.4):
            argument = rng.choice(inner)
            result = rng.choice(FUNCTIONS)(argument)
            functions -= 1
            ends.remove(argument)
        else:
            left, right = rng.sample(ends, 2)
            result = SIGNS[rng.choice(level.signs)](left, right)
            ends.remove(left)
            ends.remove(right)
        result.label = next(names)
        ends += [result] * (2 if reused and ends else 1)
        reused -= bool(reused and len(ends) > 1)
    ends[0].label = "L"
    return ends[0]


def is_easy(root: Value) -> bool:
    """Return whether a graph has a product, small numbers and gradients, and no leaf without an effect."""
    root.backward()
    order = [node for node in nodes(root) if node.requires_grad]
    small = all(abs(number) <= LARGEST for node in order for number in (node.data, node.grad or 0.0))
    effective = all(node.grad for node in order)
    product = any(node.op and node.op.name == "mul" for node in order)
    root.zero_grad()
    return small and effective and product


def drill(request: Request) -> int:
    """Write sheets to print: a random graph of a level, each sheet with other numbers; the answers come last."""
    level, sheets, seed = (
        number(request.words, place, *limits)
        for place, limits in enumerate(
            [("level", 1, 1, len(LEVELS)), ("number of sheets", 1, 1, MOST_SHEETS), ("seed", 0, 0, 10**9)]
        )
    )
    path = Path(f"drill-level{level}-seed{seed}.html")
    graph = random_graph(level, Random(f"{level} {seed}"))
    walk(graph).save(path, worksheet=True, copies=sheets, seed=seed)
    count = "a sheet" if sheets == 1 else f"{sheets} sheets, each with other numbers"
    request.say(
        f"Wrote {count}, to {path}: level {level} of {len(LEVELS)} ({LEVELS[level - 1].described}). Open it in a "
        f"browser and print it; the answers are on the last pages. Another seed draws another graph."
    )
    return 0


def number(words: list[str], place: int, name: str, usual: int, least: int, most: int) -> int:
    """Return the whole number at a place in the words; `usual` if there are fewer words."""
    if place >= len(words):
        return usual
    word = words[place]
    if not (word.isascii() and word.isdecimal() and least <= int(word[:12]) <= most):
        raise FolderError(f"The {name} is a whole number from {least} to {most}, not {word}.")
    return int(word)
