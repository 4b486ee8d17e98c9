"""`Dataset`: rows, their targets, and the names of the columns and classes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from engine import described, html_table, public

from ..checks import NetworkError, items, plural, texts, whole
from .table import innermost, rows, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHOWN_ROWS, SHOWN_COLUMNS = 8, 8  # in a notebook


@public
@dataclass(frozen=True, repr=False)
class Dataset:
    """Rows and targets, with names for columns and classes. It is immutable, and unpacks: `X, y = dataset`.

    Parameters
    ----------
    X: the rows: lists, an array or a table. They are kept as a tuple of tuples of floats.
    y: one target for each row. Classes are whole numbers, counted from 0.
    features: a name for each column; "x1", "x2" and so on by default.
    classes: a name for each class, if the targets are classes.
    name: the name of the data set.

    Raises
    ------
    NetworkError (a ValueError) for no rows, for rows of different lengths, for another number of targets or
    names, and for text or infinity in the rows; DomainError (a ValueError) for NaN.

    >>> rows, kinds = [[150, 7.2], [120, 5.9], [9, 1.1]], [0, 0, 1]
    >>> fruit = Dataset(rows, kinds, ["weight (g)", "width (cm)"], ["apple", "cherry"])
    >>> fruit
    Dataset(3 rows × 2 features, classes apple: 2, cherry: 1)
    >>> X, y = fruit
    >>> X[1], y[1]
    ((120.0, 5.9), 0)
    """

    X: tuple[Any, ...]
    y: tuple[Any, ...]
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    name: str = ""
    unpacks: ClassVar[tuple[str, ...]] = ("X", "y")

    def __init__(
        self, X: Any, y: Any, features: Iterable[str] = (), classes: Iterable[str] = (), name: str = ""
    ) -> None:
        table = rows(X)
        checked, width = targets(y, len(table)), len(next(innermost(table)))
        if not isinstance(name, str):
            raise NetworkError(f"the name of a Dataset is text, not {described(name)}.")
        features, classes = texts(features, "features"), texts(classes, "classes")
        names, kinds = tuple(features) or tuple(f"x{j + 1}" for j in range(width)), tuple(classes)
        if len(names) != width:
            raise NetworkError(f"the rows have {plural(width, 'number')}, and there are {len(names)} names for them.")
        for i, target in enumerate(checked if kinds else ()):
            if not isinstance(target, int) or not 0 <= target < len(kinds):
                raise NetworkError(
                    f"y[{i}] is {target}, which is not a class: there are {len(kinds)}, 0 to {len(kinds) - 1}."
                )
        for field, value in zip(("X", "y", "features", "classes", "name"), (table, checked, names, kinds, name)):
            object.__setattr__(self, field, value)

    def __len__(self) -> int:
        """Return the number of rows, although the Dataset unpacks to two things, X and y."""
        return len(self.X)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter((self.X, self.y))

    def __getitem__(self, index: Any) -> NoReturn:
        raise NetworkError(
            f"a Dataset has rows and targets: write dataset.X[0] and dataset.y[0], or dataset.take([0]), for one "
            f"row, and X, y = dataset for all; this is dataset[{described(index)}]."
        )

    @public
    def take(self, indices: Iterable[int]) -> Dataset:
        """Return the rows with these indices, in this order, as a Dataset with the same names.

        An index counts from 0, or backward from the last row with -1, as in a list. Raises NetworkError for an empty
        list, and for an index that no row has.

        >>> Dataset([[10], [20], [30]], [1, 2, 3]).take([2, 0]).X
        ((30.0,), (10.0,))
        """
        listed, count = items(indices), len(self.X)
        if not listed:
            raise NetworkError(f"take() needs a list of row numbers, such as take([0, 2]), not {described(indices)}.")
        numbers = [whole(index) for index in listed]
        for index, number in zip(listed, numbers):
            if number is None or not -count <= number < count:
                raise NetworkError(
                    f"take(): {described(index)} is not the number of a row: there are {count}, numbered 0 to "
                    f"{count - 1}."
                )
        chosen = [number for number in numbers if number is not None]
        return replace(self, X=tuple(self.X[i] for i in chosen), y=tuple(self.y[i] for i in chosen))

    def __repr__(self) -> str:
        title = f"{self.name}: " if self.name else ""
        size = f"{plural(len(self.X), 'row')} × {plural(len(self.features), 'feature')}"
        counts = Counter(self.y) if self.classes else {}
        counts_text = ", ".join(f"{kind}: {counts[number]}" for number, kind in enumerate(self.classes))
        return f"Dataset({title}{size}{', classes ' if counts_text else ''}{counts_text})"

    def _repr_html_(self) -> str:
        """Return a table of the first rows and columns for a notebook."""
        names, more = self.features[:SHOWN_COLUMNS], len(self.features) > SHOWN_COLUMNS
        lines = [
            [str(i), *map(_cell_text, row[:SHOWN_COLUMNS]), *["…"] * more, self._target(target)]
            for i, (row, target) in enumerate(zip(self.X[:SHOWN_ROWS], self.y))
        ]
        lines += [["…"] * (len(names) + more + 2)] * (len(self.X) > SHOWN_ROWS)
        return html_table(["row", *names, *["…"] * more, "target"], lines, repr(self))

    def _target(self, target: Any) -> str:
        if self.classes:
            return f"{self.classes[target]} ({target})"
        return _cell_text(target)


def _cell_text(entry: Any) -> str:
    """Return a number, or how many there are of a sequence, as a table shows it."""
    if isinstance(entry, (tuple, list)):
        return plural(len(entry), "number")
    return f"{entry:.4g}" if isinstance(entry, float) else str(entry)
