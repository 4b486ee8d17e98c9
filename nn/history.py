"""`History`: the losses and other numbers of a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

from engine import MissingExtra, checked_path, choose, described, html_table, public

from .checks import NetworkError, items
from .files import write_data

if TYPE_CHECKING:
    import os

SHOWN = 8  # rows of a printed history
COLUMNS = {"loss": "loss", "validation": "validation", "norm": "gradient norm", "rate": "rate"}


@public
@dataclass(repr=False)
class History:
    """The numbers of a training: `rows` has one dict for each epoch, from names to numbers.

    Each of these is a list with one entry for each epoch:

    - `losses`: the mean over the rows; the loss of a batch is the one just before its step.
    - `validation`: the mean loss of the validation rows, after the epoch.
    - `norms`: the norm of the gradient before clipping, as the mean over the batches.
    - `rates`: the learning rate.

    `history["loss"]` is a column by its name, as `column` has it, and `dict(history)` all of them. `metrics` is a
    dict of such lists by name, and `ended` a text that says why the training ended. Two histories are
    equal if all their numbers and `ended` are.

    Raises NetworkError for rows that are not dicts of numbers by name, and for an unknown column.

    >>> history = History([{"loss": 0.5, "norm": 2.0}, {"loss": 0.25, "norm": 1.0}], "all 2 epochs")
    >>> history
    History: all 2 epochs
     epoch  loss  gradient norm
         1   0.5              2
         2  0.25              1
    >>> history.losses, history["norm"], history.epochs
    ([0.5, 0.25], [2.0, 1.0], 2)
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    ended: str = ""

    def __post_init__(self) -> None:
        rows = items(self.rows)
        if rows is None:
            raise NetworkError(
                f"the rows of a History are a list of dicts, one an epoch, not {described(self.rows)}."
            )
        for place, row in enumerate(rows):
            if not isinstance(row, dict) or not all(isinstance(name, str) for name in row):
                raise NetworkError(f"rows[{place}] is a dict, such as {{'loss': 0.5}}, not {described(row)}.")
            for name, number in row.items():
                if isinstance(number, bool) or not isinstance(number, Real):
                    raise NetworkError(f"rows[{place}][{name!r}] is a number, not {described(number)}.")
        if not isinstance(self.ended, str):
            raise NetworkError(f"ended is text that says why a training ended, not {described(self.ended)}.")
        self.rows = self.rows if isinstance(self.rows, list) else rows

    @property
    def epochs(self) -> int:
        """The number of complete epochs."""
        return len(self.rows)

    @property
    def losses(self) -> list[float]:
        """The mean loss of each epoch."""
        return self.column("loss")

    @property
    def validation(self) -> list[float]:
        """The mean loss of the validation rows after each epoch; empty if there are none."""
        return self.column("validation")

    @property
    def norms(self) -> list[float]:
        """The norm of the gradient in each epoch, before clipping."""
        return self.column("norm")

    @property
    def rates(self) -> list[float]:
        """The learning rate of each epoch."""
        return self.column("rate")

    @property
    def metrics(self) -> dict[str, list[float]]:
        """The metrics after each epoch, by name."""
        return {name: self.column(name) for name in self.rows[0] if name not in COLUMNS} if self.rows else {}

    @public
    def column(self, name: str) -> list[float]:
        """Return one number of each epoch: "loss", "validation", "norm", "rate", or a metric by its name.

        The list is empty if this was not measured. Raises NetworkError for an unknown name.
        """
        known = dict.fromkeys([*COLUMNS, *(key for row in self.rows for key in row)])
        name = choose("column", name, known, NetworkError)
        return [row[name] for row in self.rows if name in row]

    def __getitem__(self, name: str) -> list[float]:
        if not isinstance(name, str):
            raise NetworkError(
                f"history[{described(name)}]: a column has a name, and then an epoch: history['loss'][-1] is the "
                "last loss, and history.rows[-1] all numbers of the last epoch."
            )
        return self.column(name)

    @public
    def keys(self) -> list[str]:
        """Return the names of the columns that were measured.

        >>> dict(History([{"loss": 0.5}, {"loss": 0.25}]))
        {'loss': [0.5, 0.25]}
        """
        return [*dict.fromkeys(name for row in self.rows for name in row)]

    @public
    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table to a file whose name ends with .csv: a line for each epoch, a column for each number.

        The first line has the names. A number that an epoch does not have is empty, and each keeps all its digits.
        Raises NetworkError for another ending, and for a file that cannot be written (an OSError).
        """
        import csv
        from io import StringIO

        target, text, names = checked_path(path, (".csv",), "history", NetworkError), StringIO(), self.keys()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", *names])
        for epoch, row in enumerate(self.rows, 1):
            writer.writerow([epoch, *(repr(float(row[name])) if name in row else "" for name in names)])
        write_data(target, text.getvalue().encode())

    @public
    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame: a row for each epoch, counted from 1, and a column for each number.

        Raises MissingExtra where pandas is not installed.
        """
        try:
            from pandas import DataFrame, RangeIndex
        except ImportError:
            raise MissingExtra("pandas", "pandas", "history.to_pandas()") from None
        return DataFrame(self.rows, index=RangeIndex(1, self.epochs + 1, name="epoch"), columns=self.keys())

    def __repr__(self) -> str:
        if not self.epochs:
            return f"History: {self.ended or 'no epoch yet'}"
        titles, table = self._table()
        widths = [max(map(len, column)) for column in zip(titles, *table)]
        lines = [" " + "  ".join(text.rjust(width) for text, width in zip(line, widths)) for line in (titles, *table)]
        return "\n".join([f"History: {self.ended}" if self.ended else "History", *lines])

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        return html_table(*(self._table() if self.epochs else (["epoch"], [])), self.ended or "no epoch yet")

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Return the titles of the columns, and some epochs from the first to the last."""
        count = self.epochs
        shown = sorted({round(place * (count - 1) / (SHOWN - 1)) for place in range(SHOWN)})
        names = [name for name in dict.fromkeys([*COLUMNS, *self.rows[0]]) if name in self.rows[0]]
        if len(set(self.rates)) == 1:
            names.remove("rate")
        titles = ["epoch", *(COLUMNS.get(name, name) for name in names)]
        table = [[f"{epoch + 1}", *(f"{self.rows[epoch][name]:.4g}" for name in names)] for epoch in shown]
        return titles, table
