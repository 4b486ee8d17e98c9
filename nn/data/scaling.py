"""Scale every feature to the same range, by statistics of the training rows alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum, hypot, inf, sqrt
from typing import Any

from engine import described, public

from ..checks import NetworkError, choose, items, plural, size, texts, within
from .dataset import Dataset
from .table import innermost, rows

ROUNDING = 1e-14  # numbers that differ by less than this part of their size differ by rounding only
LISTED = 12  # features that a printed Scaler shows
FORMULAS = {  # by kind of scaling: its formula, and the names of its two columns of numbers
    "standardize": ("(x − mean) / deviation", "mean", "deviation"),
    "normalize": ("(x − lowest) / range", "lowest", "range"),
}


@public
@dataclass(frozen=True, repr=False)
class Scaler:
    """The statistics of each feature, from `standardize` or `normalize`: an offset to subtract, a scale to divide by.

    `transform` scales rows, `inverse` undoes that, and printing it shows the numbers.

    Parameters
    ----------
    how: "standardize" or "normalize".
    offset: a number for each feature, in its unit.
    scale: a number other than 0 for each feature, in its unit.
    features: the names of the features.
    count: the number of rows that the statistics are from.

    Raises
    ------
    NetworkError (a ValueError) for a scale of 0, and for lists of different lengths.

    Example
    -------
    >>> Scaler("standardize", (1.0,), (2.0,), ("width",), 3).transform([[5.0]])
    ((2.0,),)
    """

    how: str
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    features: tuple[str, ...]
    count: int

    def __post_init__(self) -> None:
        choose(FORMULAS, self.how, "scaling")
        columns = {name: items(getattr(self, name)) for name in ("offset", "scale")}
        for name, numbers in columns.items():
            if not numbers or not all(within(x, -inf, inf, closed=False) for x in numbers):
                raise NetworkError(
                    f"{name} is a list of numbers, one a feature, not {described(getattr(self, name))}."
                )
        if 0 in (columns["scale"] or ()):
            raise NetworkError(
                "scale has a 0, and nothing can be divided by 0: write 1.0 to leave a feature as it is."
            )
        columns["features"] = texts(self.features, "features")
        size(self.count, "count")
        counts = [len(column or ()) for column in columns.values()]
        if len(set(counts)) > 1:
            raise NetworkError(
                f"offset, scale and features have one entry a feature, and there are {', '.join(map(str, counts))}."
            )
        for name, column in columns.items():
            object.__setattr__(self, name, tuple(column or ()))

    @public
    def transform(self, X: Any) -> Any:
        """Return rows scaled by these statistics, as tuples; a Dataset if X is one.

        Raises NetworkError for rows of another length.

        >>> standardize([[1.0, 10.0], [3.0, 30.0]]).transform([[2.0, 40.0]])
        ((0.0, 2.0),)
        """
        return self._each(X, lambda x, offset, scale: (x - offset) / scale)

    @public
    def inverse(self, X: Any) -> Any:
        """Return scaled rows in their original units: the inverse of `transform`.

        >>> normalize([[1.0], [3.0]]).inverse([[0.5]])
        ((2.0,),)
        """
        return self._each(X, lambda x, offset, scale: x * scale + offset)

    def _each(self, X: Any, rule: Any) -> Any:
        if isinstance(X, Dataset):
            return replace(X, X=self._each(X.X, rule))
        table = rows(X)
        if (width := len(next(innermost(table)))) != len(self.scale):
            raise NetworkError(
                f"the rows have {plural(width, 'number')}, and this Scaler is of rows with {len(self.scale)}."
            )
        return tuple(self._scaled(row, rule) for row in table)

    def _scaled(self, row: Any, rule: Any) -> Any:
        if isinstance(row[0], tuple):  # a sequence of rows
            return tuple(self._scaled(step, rule) for step in row)
        return tuple(map(rule, row, self.offset, self.scale))

    def __repr__(self) -> str:
        formula, *titles = FORMULAS[self.how]
        width = max(map(len, ("feature", *self.features[:LISTED])))
        lines = [
            f"{self.how}: {formula}, from {plural(self.count, 'row')}",
            f"{'feature':<{width}}{titles[0]:>12}{titles[1]:>12}",
        ]
        for name, offset, scale in list(zip(self.features, self.offset, self.scale))[:LISTED]:
            lines.append(f"{name:<{width}}{offset:>12.4g}{scale:>12.4g}")
        if len(self.features) > LISTED:
            lines.append(f"... and {len(self.features) - LISTED} more")
        return "\n".join(lines)


@public
def standardize(X: Any) -> Scaler:
    """Return a Scaler that brings each feature to mean 0 and standard deviation 1. A constant feature becomes 0.

    X is the training rows, or their Dataset. Scale the test rows with the same Scaler, because test rows must not
    influence the training.

    - `X`: the rows: a list, an array or a table.

    Raises NetworkError (a ValueError) for no rows, for rows of different lengths, and for text or infinity in them;
    DomainError (a ValueError) for NaN in the rows.

    >>> scaler = standardize([[1.0, 10.0], [3.0, 30.0]])
    >>> scaler
    standardize: (x − mean) / deviation, from 2 rows
    feature        mean   deviation
    x1                2           1
    x2               20          10
    >>> scaler.transform([[1.0, 10.0], [3.0, 30.0]])
    ((-1.0, -1.0), (1.0, 1.0))
    """

    def statistics(column: tuple[float, ...]) -> tuple[float, float]:
        mean = fsum(x / len(column) for x in column)  # divided first, because the sum of large numbers may overflow
        return mean, hypot(*(x - mean for x in column)) / sqrt(len(column))

    return _learn("standardize", X, statistics)


@public
def normalize(X: Any) -> Scaler:
    """Return a Scaler that brings each feature to the range from 0 to 1. A constant feature becomes 0.

    X is the training rows, or their Dataset. A test row that is larger or smaller than all training rows ends up
    outside of 0 to 1.

    - `X`: the rows: a list, an array or a table.

    Raises NetworkError (a ValueError) for no rows, for rows of different lengths, and for text or infinity in them;
    DomainError (a ValueError) for NaN in the rows.

    >>> normalize([[1.0, 10.0], [3.0, 30.0]]).transform([[2.0, 35.0]])
    ((0.5, 1.25),)
    """
    return _learn("normalize", X, lambda column: (min(column), max(column) - min(column)))


def _learn(how: str, X: Any, statistics: Any) -> Scaler:
    names = X.features if isinstance(X, Dataset) else ()
    table = X.X if isinstance(X, Dataset) else rows(X)
    pairs = []
    for column in zip(*innermost(table)):
        low, high = min(column), max(column)
        same = high - low <= ROUNDING * max(abs(low), abs(high))
        pairs.append((low, 1.0) if same else statistics(column))
    offset, scale = zip(*pairs)
    names = names or tuple(f"x{j + 1}" for j in range(len(scale)))
    return Scaler(how, offset, scale, names, len(table))
