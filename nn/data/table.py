"""Read rows of numbers and their targets from lists, arrays and tables. An error names the entry: X[0][1]."""

from __future__ import annotations

from math import isfinite, nan
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, Value, constant, unpacked

from ..checks import NetworkError, items, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEEPEST = 16  # the most lists in lists of a row
Row = tuple[Any, ...]  # floats or, for a recurrent network, rows of floats


def rows(X: Any, name: str = "X") -> tuple[Row, ...]:
    """Return rows of floats, all of one length, from lists, an array or a table. A single number is a row of one.

    A row may also be a sequence of rows, for a recurrent network; sequences may differ in length. `name` is the name
    of the rows in an error. Raises NetworkError for no rows, for rows of several lengths, for infinity and for
    text, DomainError for NaN, NumberError for anything else that is not a number.

    >>> rows([[1, 2], [3, 4]])
    ((1.0, 2.0), (3.0, 4.0))
    >>> rows([[1, 2], [3]])
    Traceback (most recent call last):
    nn.checks.NetworkError: X[1] has 1 number, and the rows before it have 2: all rows need the same length.
    """
    table, shapes = ordered(X, name), set[tuple[int, int]]()
    if not table:
        raise NetworkError(f"{name} is empty: give one row of numbers or more.")
    return tuple(_row([row] if _is_single(row) else row, f"{name}[{i}]", shapes) for i, row in enumerate(table))


def targets(y: Any, count: int | None = None, name: str = "y") -> tuple[Any, ...]:
    """Return one target for each row. An int stays an int, because it may be a class; a row becomes a tuple.

    Raises NetworkError if there are not `count` targets, and for infinity and text, DomainError for NaN.

    >>> targets([0, 1.5]), targets([[1, 2], [3, 4]])
    ((0, 1.5), ((1.0, 2.0), (3.0, 4.0)))
    """
    listed, shapes = ordered(y, name), set[tuple[int, int]]()
    if count is not None and len(listed) != count:
        raise NetworkError(
            f"there are {plural(count, 'row')} and {plural(len(listed), 'target')} in {name}: give one target a row."
        )
    if listed and all(not _is_single(target) and len(ordered(target, name)) == 1 for target in listed):
        listed = [ordered(target, name)[0] for target in listed]  # a table of one column has a row for each target
    if any(_is_single(target) for target in listed):
        return tuple(number(target, f"{name}[{i}]") for i, target in enumerate(listed))
    return tuple(_row(target, f"{name}[{i}]", shapes) for i, target in enumerate(listed))


def innermost(rows: Iterable[Any]) -> Iterator[Row]:
    """Yield the rows of numbers in rows that may be sequences of rows.

    >>> list(innermost([((1.0, 2.0), (3.0, 4.0)), ((5.0, 6.0),)]))
    [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)]
    """
    for row in rows:
        if _is_single(row[0]):
            yield row
        else:
            yield from innermost(row)


def ordered(things: Any, name: str) -> list[Any]:
    """Return the items of a list, an array or a table; raise NetworkError, with this name, for anything else."""
    if unpacked(things):
        part = "y" if name == "y" else "X"
        alone = "the targets alone" if name == "y" else "the rows alone"
        raise NetworkError(
            f"{name} is a whole Dataset, with rows and targets: write dataset.{part} for {alone}, or *dataset where "
            "a function takes X, y, as in fit(model, *data.iris())."
        )
    if hasattr(things, "to_numpy"):
        things = things.to_numpy()  # a data frame, whose iterator gives the names of its columns
    if hasattr(things, "tolist"):
        things = things.tolist()
    listed = items(things)
    if listed is None:
        kind = "a list with one entry a row" if name in ("X", "y") else "a list"
        kind += " of numbers" if name.endswith("]") else ""
        raise NetworkError(f"{name} is {kind}, and this is of type {type(things).__name__}.")
    return listed


def number(x: Any, where: str, finite: bool = True) -> Any:
    """Return a number: a whole one as an int, any other as a float.

    `where` is its name in an error, such as "X[0][1]". With `finite` False, NaN and infinity are allowed. Raises
    NetworkError for text, NumberError for anything else that is not a number.

    >>> number(3, "y[0]"), number(0.5, "y[1]"), number(True, "y[2]")
    (3, 0.5, 1)
    """
    if type(x) is float and (isfinite(x) or not finite):
        return x
    in_rows = where.endswith("]")
    if isinstance(x, bool) or type(x).__name__ in ("bool", "bool_"):
        return int(x)
    if isinstance(x, str):
        raise NetworkError(f"{where} is the text {x[:40]!r}, not a number. {_remedy(x, where)}")
    if isinstance(x, Real) and x != x and not finite:
        return nan
    try:
        real = constant(x).data
    except GradwalkError as error:
        raise type(error)(f"{where}: {error}") from None
    if finite and not isfinite(real):
        remedy = "correct it, or leave its row out" if in_rows else "give a finite number"
        raise NetworkError(f"{where} is {real}: {remedy}.")
    return int(x) if isinstance(x, Integral) else real


def _remedy(text: str, where: str) -> str:
    """Say what to write for a text where a number belongs."""
    table = where.partition("[")[0]
    try:
        float(text)
    except ValueError:
        if table == "y":
            return (
                "For classes, write their indices in a list of names: names = sorted(set(words)); "
                "y = [names.index(word) for word in words]."
            )
        if table == "X":
            return "Words become numbers with nn.data.one_hot or nn.data.bag_of_words."
        if table == "patterns":
            return f"A drawing becomes a pattern with [2 * x - 1 for x in nn.data.pixels([{text[:40]!r}])]."
        return "Give a number."
    return "Write it without quotes, or float(...) of it."


def _is_single(thing: Any) -> bool:
    return isinstance(thing, (str, Value)) or not hasattr(thing, "__iter__") or getattr(thing, "ndim", None) == 0


def _row(row: Any, where: str, shapes: set[tuple[int, int]], depth: int = 1) -> Row:
    numbers = ordered(row, where)
    if not numbers:
        raise NetworkError(f"{where} is empty: each row needs one number or more.")
    if not any(map(_is_single, numbers)):
        if depth > DEEPEST:
            raise NetworkError(
                f"{where.split('[', maxsplit=1)[0]} has lists in lists, {depth} deep: a row is a list of numbers."
            )
        return tuple(_row(item, f"{where}[{i}]", shapes, depth + 1) for i, item in enumerate(numbers))
    first = next(iter(shapes), (depth, len(numbers)))
    if first != (depth, len(numbers)):
        problem = f"has {plural(len(numbers), 'number')}, and the rows before it have {first[1]}"
        nested = "is a row where there were numbers before, or the other way round"
        raise NetworkError(f"{where} {problem if first[0] == depth else nested}: all rows need the same length.")
    shapes.add(first)
    return tuple(float(number(x, f"{where}[{j}]")) for j, x in enumerate(numbers))
