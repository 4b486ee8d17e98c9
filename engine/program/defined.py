"""Operations that users defined, as array code calls them: by the rows that the graph was recorded with.

A row that is defined anew takes the place of the old one in the table. A graph keeps the old one, and so does its
program. Rows of one name, and a row that has a name of the source itself, such as p, get names of their own there.
"""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from ..ops import TABLE
from ..rules import called_rows
from .backends import LIBRARY_FUNCTIONS, RESERVED_NAMES, backend_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..ops import Op

IN_TABLE = frozenset(TABLE)
# What source calls by a name, beside operations and what it calls by a letter and a number.
SOURCE_NAMES = frozenset(
    [
        *LIBRARY_FUNCTIONS,
        *RESERVED_NAMES,
        "packed",
        "scale",
        "ones",
        "rows",
        "dot",
        "sin_and_cos",
        "forward",
        "gradient",
        "checked",
    ]
)
LETTERED = re.compile(r"[A-Za-z]\d*")  # such as p, z1 and i2


def rows_of_source(ops: Sequence[Op]) -> list[Op]:
    """Return these rows as source spells them: the same, or a twin with another name and the texts to match it."""
    twins = _twins(ops)
    return [twins.get(op, op) for op in ops]


def names_of(ops: Iterable[Op]) -> set[str]:
    """Return the names by which source calls these rows, those that they call, and functions of the users'."""
    rows = _defined(ops)
    return {op.name for op in rows} | {name for op in rows for name in op.functions}


def functions_of(
    ops: Iterable[Op], backend: str, names: dict[str, Any], text: Callable[[str], str] = str
) -> dict[str, Any]:
    """Return what source calls for these rows, as `rows_of_source` gives them, and for those that they call, by name.

    - `backend`: its name.
    - `names`: what formulas may call besides.
    - `text`: makes a formula of a formula.
    """
    module, known = backend_module(backend), dict(names)
    own: dict[str, Any] = {}
    for op in _defined(ops):
        own |= {name: module.elementwise(function) for name, function in op.functions.items()}
        known |= own
        own[op.name] = known[op.name] = eval(f"lambda {', '.join(op.letters)}: {text(op.formula)}", dict(known))
    return own


def _defined(ops: Iterable[Op]) -> list[Op]:
    """Return the rows of these that users defined, and those that they call, each after those that it calls."""
    order: dict[Op, None] = {}
    waiting = [(op, False) for op in ops if op not in IN_TABLE][::-1]
    while waiting:
        op, is_done = waiting.pop()
        if is_done:
            order[op] = None
        elif op not in order:
            waiting += [(op, True), *((each, False) for each in _rows_called_by(op).values() if each not in IN_TABLE)]
    return [*order]


def _rows_called_by(op: Op) -> dict[str, Op]:
    calls: dict[str, Op] = vars(op)["calls"] if "calls" in vars(op) else called_rows(op)
    return calls


def _twins(ops: Sequence[Op]) -> dict[Op, Op]:
    """Return a twin for each row that cannot keep its name, or that calls one that cannot."""
    taken: dict[str, Any] = {op.name: op for op in TABLE}
    twins: dict[Op, Op] = {}
    for op in _defined(ops):
        called = _rows_called_by(op)
        new = {word: twins[row].name for word, row in called.items() if row in twins}
        for word, thing in {op.name: op, **op.functions}.items():
            new[word] = _free(word, thing, taken)
        changed = {word: name for word, name in new.items() if word != name}
        if changed:
            twin = twins[op] = object.__new__(type(op))  # a copy of a row is the row
            vars(twin).update(vars(op))
            twin.name = new[op.name]
            twin.formula, *texts = (_renamed(text, changed) for text in (op.formula, *op.partials, *op.computed))
            twin.partials, twin.computed = tuple(texts[: op.arity]), tuple(texts[op.arity :])
            twin.functions = {new[word]: function for word, function in op.functions.items()}
            vars(twin)["calls"] = {changed.get(word, word): twins.get(row, row) for word, row in called.items()}
    return twins


def _free(word: str, thing: Any, taken: dict[str, Any]) -> str:
    """Return a name for a row or a function that nothing else has: the word, or the word and a number."""
    spellings = chain([word, f"{word}_op"], (f"{word}_op{number}" for number in count(2)))
    return next(each for each in spellings if not _is_of_source(each) and taken.setdefault(each, thing) is thing)


def _is_of_source(name: str) -> bool:
    plain = name.removeprefix("d")  # dz is the gradient of z
    return bool({name, plain} & SOURCE_NAMES) or any(map(LETTERED.fullmatch, (name, plain)))


def _renamed(text: str, new: dict[str, str]) -> str:
    """Return a formula that calls functions by other names."""
    return re.sub(rf"\b({'|'.join(new)})(?=\()", lambda word: new[word[0]], text)
