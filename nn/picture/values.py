"""Check the numbers and names that a plot or a recording shows, and format numbers as text."""

from __future__ import annotations

from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from engine import Value, described, format_number

from ..checks import NetworkError, plural
from ..data.table import DEEPEST, number, ordered, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Table = tuple[tuple[float, ...], ...]
TOO_LARGE = 1e150  # numbers of this size are not drawn: a plot multiplies them, and the product must be a float
MANY = 1000  # numbers of this size are written with more digits


def single(thing: Any, what: str, finite: bool = True) -> float:
    """Return a number, or the number of a Value, as a float. With `finite` False, NaN and infinity are allowed.

    `what` is its name in an error. Raises NetworkError for a bool or text, NumberError for anything else that is not
    a number.

    >>> single(Value(2.0), "w"), single(3, "w")
    (2.0, 3.0)
    """
    if type(thing).__name__ in ("bool", "bool_"):
        raise NetworkError(f"{what} is {thing}, not a number: write {float(thing)}.")
    return float(number(plain(thing), what, finite))


def numbers(things: Any, what: str) -> list[float]:
    """Return a list or an array of numbers as a list of floats. NaN and infinity are allowed.

    >>> numbers((1, Value(2.0)), "losses")
    [1.0, 2.0]
    """
    return [single(thing, f"entry {i} of {what}", finite=False) for i, thing in enumerate(ordered(things, what))]


def table(matrix: Any, what: str, width: int = 0) -> Table:
    """Return rows of finite numbers as tuples; raise NetworkError unless all have one length.

    `what` is their name in an error. If `width` is not 0, each row must have this length.

    >>> table([[1, Value(2.0)], [3, 4]], "X", 2)
    ((1.0, 2.0), (3.0, 4.0))
    """
    lines = rows(plain(matrix), what)
    if isinstance(lines[0][0], tuple):
        raise NetworkError(f"{what} holds rows of rows: a plot takes one row of numbers for each sample.")
    if large := [number for line in lines for number in line if not drawable(number)]:
        raise NetworkError(f"{what} holds {large[0]:g}, which is too large to draw: scale its numbers down.")
    if width and len(lines[0]) != width:
        raise NetworkError(f"{what} has {plural(len(lines[0]), 'number')} a row, and this plot needs {width}.")
    return lines


def names(texts: Any, default: Sequence[str], what: str) -> list[str]:
    """Return one name for each thing: `texts`, or `default` if that is None or empty. A number can be a name, too.

    Raises NetworkError if there are not as many names as in `default`.

    >>> names(["small", "large"], ["0", "1", "2"], "classes")
    Traceback (most recent call last):
    nn.checks.NetworkError: classes has 2 names for 3 things: give one for each.
    """
    listed = ordered(() if texts is None else texts, what)
    for name in listed:
        if not _can_be_name(name):
            raise NetworkError(f"{what} is a list of names, such as ['small', 'large'], and holds {described(name)}.")
    if listed and len(listed) != len(default):
        things = plural(len(default), "thing")
        raise NetworkError(f"{what} has {plural(len(listed), 'name')} for {things}: give one for each.")
    return [str(name) for name in listed] or [*default]


def drawable(number: float) -> bool:
    """Tell whether a number is finite and small enough to draw.

    >>> drawable(-1e100), drawable(1e200), drawable(float("nan"))
    (True, False, False)
    """
    return abs(number) < TOO_LARGE


def _can_be_name(thing: Any) -> bool:
    """Tell whether something is a text or a finite number."""
    try:
        return isinstance(thing, str) or (isinstance(thing, Real) and isfinite(thing))
    except OverflowError:  # an integer that is too large for a float
        return False


def parameters(values: Iterable[Value]) -> list[float]:
    """Return the numbers of weights or biases; raise NetworkError for one that is too large to draw."""
    listed = [*values]
    for value in listed:
        if not drawable(value.data):
            name = value.label or "a weight"
            raise NetworkError(f"{name} is {value.data}: training diverged, nothing to draw.")
    return [value.data for value in listed]


def plain(things: Any, depth: int = 0) -> Any:
    """Return nested lists with the number of each Value in its place. Tuples become lists.

    `depth` is the number of lists around `things`. Raises NetworkError for a list that contains itself.
    """
    if isinstance(things, Value):
        return things.data
    if not isinstance(things, (list, tuple)):
        return things
    if depth > DEEPEST:
        raise NetworkError("lists are nested too deep, or a list contains itself: give a list of numbers or of rows.")
    return [plain(thing, depth + 1) for thing in things]


def short(number: float) -> str:
    """Return a number with three digits, as `engine.format_number` writes it, with a typographic minus.

    A whole number has no decimal point.

    >>> short(-0.12345), short(8.0), short(1234.5678), short(0.0000123)
    ('−0.123', '8', '1234.568', '1.23e−05')
    """
    return format_number(number, 3).removesuffix(".0").replace("-", "−")


def two_decimals(number: float) -> str:
    """Return a number with two decimals, for tables; from 1,000 on as `short` does, with a typographic minus.

    A number that rounds to zero has no minus.

    >>> two_decimals(-0.125), two_decimals(-0.0001), two_decimals(3.0), two_decimals(1234.5678)
    ('−0.12', '0.00', '3.00', '1234.568')
    """
    if not abs(number) < MANY:
        return short(number)
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")
