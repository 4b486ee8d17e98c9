"""Lines of array code as statements: what each computes, from which names, and which numbers are places in arrays.

Two turns of a loop are written alike but for these names and numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from .tape import Ints

STATEMENT = re.compile(r"(\w+) = (.*?)(  # \((.*)\))?$")
HOLE = re.compile(
    r"'[^']*'"  # the axes of an einsum
    r"|(?P<store>store\()(?P<stored>\w+), (?P<start>\d+)"
    r"|(?P<slice>slice\()(?P<low>\d+), (?P<high>\d+)\)"
    r"|(?<!shape)\[(?P<from>\d+)(?P<to>:\d+)?(?=[],])"
    r"|(?<![\w.])(?P<name>[^\W\d]\w*)(?![\w=])"
)
GATHERED = ("", "[", "]")  # g1 = packed[i1]
# The kinds of holes: a name, an index, a part a:b, and a part as slice(a, b).
A_NAME, A_PLACE, A_PART, A_RANGE = range(4)


class Hole(NamedTuple):
    """What differs between statements that are written alike.

    - `kind`: A_NAME, A_PLACE, A_PART or A_RANGE.
    - `name`: the name, where it is one.
    - `start`, `size`: the place, and how many there are of a part.
    """

    kind: int
    name: str = ""
    start: int = 0
    size: int = 0


class Statement(NamedTuple):
    """A line.

    - `target`: the name that it assigns; "" for the line that returns.
    - `pieces`: the text around the holes, one piece more than there are holes.
    - `holes`: the holes.
    - `comment`: the shape that the line states, as a comment.
    """

    target: str
    pieces: tuple[str, ...]
    holes: tuple[Hole, ...]
    comment: str = ""


class Statements:
    """The lines of a function as statements.

    - `each`: the statements.
    - `reads`: for each the numbers of the statements that it reads, one for each of its holes: -1 where that is
      no statement's, but an argument of the function, an array of constants, or a number.
    - `tokens`: for each what it does, as a number: equal ones are written alike, and read and give arrays of equal
      shapes.
    - `shapes`: for each the numbers of its result's shape as text, "batch" for that of rows; () where a line and
      those before it do not tell.
    """

    def __init__(
        self,
        lines: Iterable[str],
        arguments: Iterable[str],
        constants: Mapping[str, Ints],
        sorts: Sequence[Container[str]] = (),
        unlike: Container[int] = (),
    ) -> None:
        """Read the lines.

        - `arguments`: the names of the function's arguments.
        - `constants`: its arrays of constants, by name.
        - `sorts`: sets of names: statements of one form differ where their targets are in different sets.
        - `unlike`: the numbers of lines that are like no other one, and so in no loop.
        """
        self.constants, self._sorts = constants, sorts
        split = [_split(line) for line in lines]
        names = {*arguments, *constants, *(target for target, _, _ in split)}
        self.each = [_statement(*parts, names) for parts in split]
        self.reads: list[list[int]] = []
        self.tokens: list[int] = []
        self.shapes: list[tuple[str, ...]] = []
        latest: dict[str, int] = {}
        self._kinds: dict[str, object] = {}  # of each name: what arrays of equal shape have in common
        numbers: dict[object, int] = {}
        for number, statement in enumerate(self.each):
            self.reads.append([latest.get(hole.name, -1) for hole in statement.holes])
            token = number if number in unlike else self._token(statement)
            self.tokens.append(numbers.setdefault(token, len(numbers)))
            self._kinds[statement.target] = kind = self._kind(statement, self.tokens[-1])
            self.shapes.append(_shape(kind))
            latest[statement.target] = number

    def _token(self, statement: Statement) -> object:
        holes = list[object]()
        for kind, name, _, size in statement.holes:
            if kind != A_NAME:
                holes.append((kind, size))
            else:
                holes.append((name == statement.target, self._kind_of(name)))
        sorts = [statement.target in names for names in self._sorts]
        return statement.pieces, tuple(holes), statement.comment, tuple(sorts)

    def _kind_of(self, name: str) -> object:
        if name in self.constants:
            numbers = self.constants[name]
            return ("constants", numbers.shape, numbers.dtype.kind)
        return self._kinds.get(name, name)

    def _kind(self, statement: Statement, token: int) -> object:
        """Return what a statement's result has in common with all arrays of its shape."""
        target = statement.target
        if statement.comment:
            return statement.comment
        if statement.pieces == GATHERED and statement.holes[1].name in self.constants:
            return ", ".join([*map(str, self.constants[statement.holes[1].name].shape), "batch"])
        if any(hole.name == target for hole in statement.holes):  # it goes on with an array of the same shape
            return self._kind_of(target)
        if target.startswith("d") and target[1:] in self._kinds:  # a gradient has the shape of what it is of
            return ("d", self._kinds[target[1:]])
        return ("line", token)


def _shape(kind: object) -> tuple[str, ...]:
    """Return the shape of a kind of results: what a line states, or the line that a gradient is of; else ()."""
    while isinstance(kind, tuple) and kind[0] == "d":
        kind = kind[1]
    return tuple(kind.split(", ")) if isinstance(kind, str) and kind.endswith((", batch", ", 1")) else ()


def _split(line: str) -> tuple[str, str, str]:
    """Return the target of a line, its expression and its comment."""
    match = STATEMENT.match(line)
    return (match[1], match[2], match[4] or "") if match else ("", line, "")


def _statement(target: str, text: str, comment: str, names: set[str]) -> Statement:
    pieces, holes, end = [], list[Hole](), 0

    def hole(start: int, stop: int, *parts: Hole) -> None:
        nonlocal end
        pieces.append(text[end:start])
        pieces.extend([", "] * (len(parts) - 1))
        holes.extend(parts)
        end = stop

    for match in HOLE.finditer(text):
        start, stop = match.span()
        if match["store"]:
            hole(match.start("stored"), stop, Hole(A_NAME, match["stored"]), Hole(A_PLACE, "", int(match["start"])))
        elif match["slice"]:
            low = int(match["low"])
            hole(start, stop, Hole(A_RANGE, "", low, int(match["high"]) - low))
        elif match["from"]:
            low = int(match["from"])
            part = Hole(A_PART, "", low, int(match["to"][1:]) - low) if match["to"] else Hole(A_PLACE, "", low)
            hole(start + 1, stop, part)
        elif match["name"] in names:
            hole(start, stop, Hole(A_NAME, match["name"]))
    return Statement(target, (*pieces, text[end:]), tuple(holes), comment)
