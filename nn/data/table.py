"""Read rows of numbers and their targets from lists, arrays and tables, and name the place of a fault."""

from __future__ import annotations

from math import isfinite, nan
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, Value, constant

from ..checks import NetworkError, items, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEEPEST = 16  # lists in lists, in a row
Row = tuple[Any, ...]  # of floats; in data for a recurrent net, of such rows


def rows(X: Any, name: str = "X") -> tuple[Row, ...]:
    """Return rows of floats, all of one length, from lists, an array or a table. A lone number is a row of one.

    A row may also be a sequence of rows, for a recurrent net: sequences may differ in length. `name` is what errors
    call the rows. Raises NetworkError for no rows, rows of several lengths, NaN and infinity, and NumberError for
    what is not a number.

    >>> rows([[1, 2], [3, 4]])
    ((1.0, 2.0), (3.0, 4.0))
    >>> rows([[1, 2], [3]])
    Traceback (most recent call last):
    nn.checks.NetworkError: X[1] has 1 number, and the rows before it have 2: all rows need the same length.
    """
    table, shapes = ordered(X, name), set[tuple[int, int]]()
    if not table:
        raise NetworkError(f"{name} is empty: give one row of numbers or more.")
    return tuple(_row([row] if _lone(row) else row, f"{name}[{i}]", shapes) for i, row in enumerate(table))


def targets(y: Any, count: int | None = None, name: str = "y") -> tuple[Any, ...]:
    """Return one target for each row: ints stay ints, for they may be classes; a row of targets becomes a tuple.

    Raises NetworkError if there are not `count` of them, for NaN, infinity and text.

    >>> targets([0, 1.5]), targets([[1, 2], [3, 4]])
    ((0, 1.5), ((1.0, 2.0), (3.0, 4.0)))
    """
    given, shapes = ordered(y, name), set[tuple[int, int]]()
    if count is not None and len(given) != count:
        raise NetworkError(
            f"there are {plural(count, 'row')} and {plural(len(given), 'target')} in {name}: give one target a row."
        )
    if given and all(not _lone(target) and len(ordered(target, name)) == 1 for target in given):
        given = [ordered(target, name)[0] for target in given]  # a column, as a table of one column has it
    if any(_lone(target) for target in given):
        return tuple(number(target, f"{name}[{i}]") for i, target in enumerate(given))
    return tuple(_row(target, f"{name}[{i}]", shapes) for i, target in enumerate(given))


def innermost(rows: Iterable[Any]) -> Iterator[Row]:
    """Yield the rows of numbers, where the rows given may be sequences of rows.

    >>> list(innermost([((1.0, 2.0), (3.0, 4.0)), ((5.0, 6.0),)]))
    [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)]
    """
    for row in rows:
        if _lone(row[0]):
            yield row
        else:
            yield from innermost(row)


def ordered(things: Any, name: str) -> list[Any]:
    """Return the items of a list, an array or a table, in order."""
    if hasattr(things, "to_numpy"):
        things = things.to_numpy()  # a data frame, which would otherwise give the names of its columns
    if hasattr(things, "tolist"):
        things = things.tolist()
    listed = items(things)
    if listed is None:
        raise NetworkError(f"{name} is a list with one entry a row, and this is of type {type(things).__name__}.")
    return listed


def number(x: Any, where: str, finite: bool = True) -> Any:
    """Return a number: a whole one as an int, any other as a float.

    `where` is its place, as an error calls it: "X[0][1]". If not `finite`, NaN and infinity are allowed.

    >>> number(3, "y[0]"), number(0.5, "y[1]"), number(True, "y[2]")
    (3, 0.5, 1)
    """
    if type(x) is float and (isfinite(x) or not finite):
        return x
    in_rows = where.endswith("]")
    if isinstance(x, bool) or type(x).__name__ in ("bool", "bool_"):
        return int(x)
    if isinstance(x, str):
        remedy = "Write it without quotes, or float(...) of it."
        if in_rows:
            remedy = "For classes, take their places in a list of names: names = sorted(set(words)); "
            remedy += "y = [names.index(word) for word in words]."
        raise NetworkError(f"{where} is the text {x[:40]!r}, and a number is meant. {remedy}")
    if isinstance(x, Real) and x != x and not finite:
        return nan
    try:
        real = constant(x).data
    except GradwalkError as error:
        raise type(error)(f"{where}: {error}") from None
    if finite and not isfinite(real):
        remedy = "mend it, or leave its row out" if in_rows else "give a finite number"
        raise NetworkError(f"{where} is {real}: {remedy}.")
    return int(x) if isinstance(x, Integral) else real


def _lone(thing: Any) -> bool:
    return isinstance(thing, (str, Value)) or not hasattr(thing, "__iter__") or getattr(thing, "ndim", None) == 0


def _row(row: Any, where: str, shapes: set[tuple[int, int]], depth: int = 1) -> Row:
    numbers = ordered(row, where)
    if not numbers:
        raise NetworkError(f"{where} is empty: each row needs one number or more.")
    if not any(map(_lone, numbers)):
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
