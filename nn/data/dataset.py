"""`Dataset`: rows, their targets, and what the columns and the classes are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine import described

from ..checks import NetworkError, plural, texts
from .table import innermost, rows, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, repr=False)
class Dataset:
    """Rows `X`, one target a row `y`, and names: of the columns, `features`, and of the classes, if y are classes.

    It unpacks as `X, y = dataset`, and nothing in it can change: X and y are tuples. Classes are whole
    numbers, counted from 0. Raises NetworkError for what does not fit together, for NaN and for infinity.

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

    def __init__(
        self, X: Any, y: Any, features: Iterable[str] = (), classes: Iterable[str] = (), name: str = ""
    ) -> None:
        table = rows(X)
        wanted, width = targets(y, len(table)), len(next(innermost(table)))
        if not isinstance(name, str):
            raise NetworkError(f"the name of a Dataset is text, not {described(name)}.")
        features, classes = texts(features, "features"), texts(classes, "classes")
        names, kinds = tuple(features) or tuple(f"x{j + 1}" for j in range(width)), tuple(classes)
        if len(names) != width:
            raise NetworkError(f"the rows have {plural(width, 'number')}, and there are {len(names)} names for them.")
        for i, target in enumerate(wanted if kinds else ()):
            if not isinstance(target, int) or not 0 <= target < len(kinds):
                raise NetworkError(
                    f"y[{i}] is {target}, which is no class: there are {len(kinds)}, numbered 0 to {len(kinds) - 1}."
                )
        for field, value in zip(("X", "y", "features", "classes", "name"), (table, wanted, names, kinds, name)):
            object.__setattr__(self, field, value)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter((self.X, self.y))

    def take(self, places: Iterable[int]) -> Dataset:
        """The rows at these places, in their order, as a Dataset with the same names."""
        places = list(places)
        return replace(self, X=tuple(self.X[i] for i in places), y=tuple(self.y[i] for i in places))

    def __repr__(self) -> str:
        title = f"{self.name}: " if self.name else ""
        size = f"{plural(len(self.X), 'row')} × {plural(len(self.features), 'feature')}"
        counts = Counter(self.y) if self.classes else {}
        shares = ", ".join(f"{kind}: {counts[number]}" for number, kind in enumerate(self.classes))
        return f"Dataset({title}{size}{', classes ' if shares else ''}{shares})"
