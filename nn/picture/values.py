"""Read the data of a plot as plain numbers and names, or say what is wrong with it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import Value

from ..checks import NetworkError, plural
from ..data.table import ordered, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Table = tuple[tuple[float, ...], ...]


def number(thing: Any, what: str) -> float:
    """Return a number, or a Value's number, as a float. NaN and infinity are allowed.

    >>> number(Value(2.0), "w"), number(3, "w")
    (2.0, 3.0)
    """
    try:
        if isinstance(thing, str):
            raise TypeError
        return float(plain(thing))
    except (TypeError, ValueError):
        seen = " ".join(str(thing).split())[:40]
        raise NetworkError(f"{what} holds {seen!r}, of type {type(thing).__name__}, and numbers are meant.") from None


def numbers(things: Any, what: str) -> list[float]:
    """Return a list or an array of numbers as floats.

    >>> numbers((1, Value(2.0)), "losses")
    [1.0, 2.0]
    """
    return [number(thing, what) for thing in ordered(things, what)]


def table(matrix: Any, what: str, width: int = 0) -> Table:
    """Return rows of finite numbers, all of one length: `width`, if it is not 0.

    >>> table([[1, Value(2.0)], [3, 4]], "X", 2)
    ((1.0, 2.0), (3.0, 4.0))
    """
    found = rows(plain(matrix), what)
    if isinstance(found[0][0], tuple):
        raise NetworkError(f"{what} holds rows of rows: a plot takes one row of numbers for each sample.")
    if width and len(found[0]) != width:
        raise NetworkError(f"{what} has {plural(len(found[0]), 'number')} a row, and this plot needs {width}.")
    return found


def names(texts: Any, otherwise: Sequence[str], what: str) -> list[str]:
    """Return one name for each thing: `texts`, or `otherwise` if there are none.

    >>> names(["small", "large"], ["0", "1", "2"], "classes")
    Traceback (most recent call last):
    nn.checks.NetworkError: classes has 2 names for 3 things: give one for each.
    """
    found = [str(text) for text in ordered(() if texts is None else texts, what)] or [*otherwise]
    if len(found) != len(otherwise):
        things = plural(len(otherwise), "thing")
        raise NetworkError(f"{what} has {plural(len(found), 'name')} for {things}: give one for each.")
    return found


def parameters(values: Iterable[Value]) -> list[float]:
    """Return the numbers of weights or biases. Raises NetworkError if one of them is not finite."""
    found = [*values]
    if wild := [value for value in found if not isfinite(value.data)]:
        raise NetworkError(f"{wild[0].label or 'a weight'} is {wild[0].data}: training diverged, nothing to draw.")
    return [value.data for value in found]


def plain(things: Any) -> Any:
    """Return lists and tuples with the number of each Value in its place."""
    if isinstance(things, Value):
        return things.data
    return [plain(thing) for thing in things] if isinstance(things, (list, tuple)) else things


def short(number: float) -> str:
    """Write a number with three digits, its minus as wide as a plus.

    >>> short(-0.12345), short(8.0), short(0.0000123)
    ('−0.123', '8', '1.23e−05')
    """
    return f"{number:.3g}".replace("-", "−")


def two(number: float) -> str:
    """Write a number with two decimals, its minus as wide as a plus. A zero has none.

    >>> two(-0.125), two(-0.0001), two(3.0)
    ('−0.12', '0.00', '3.00')
    """
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")
