"""A model, rows for it and their targets, checked; and the loss of a row as a graph, which holds for every row.

The graph is recorded from the first row, with leaves for its numbers, and tried on up to 100 of the others.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from engine import BACKENDS, GradwalkError, Value, compile, described, operations

from .checks import NetworkError, checked_loss, choose, plural
from .data.table import ordered, rows as read_rows, targets as read_targets
from .decision import last_operation
from .losses import CHECKS, LOSSES, cross_entropy
from .losses.terms import Placeholder
from .recording import TRIED, Draws, NotRecordable, calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Rows:
    """The rows of X for a model: eagerly one by one, or as the columns of a table."""

    def __init__(self, model: Any, X: Any) -> None:
        if not callable(model) or not callable(getattr(model, "parameters", None)):
            raise NetworkError(
                f"a model is called on a row and has parameters(), unlike {described(model)}: see nn.Module."
            )
        self.model = model
        self.rows, self._lone = _read(X)
        self.count = len(self.rows)
        first = model(self.row(0))
        if first is None or isinstance(first, (bool, int, float, str)):
            raise NetworkError(
                f"the model gave {described(first)}, not a Value: it is calculated with its parameters."
            )
        self.outputs = len(first) if isinstance(first, (list, tuple)) else 1
        self.activation = last_operation(flat(first))

    def row(self, i: int) -> Any:
        """What the model is called on: numbers, or the one number if X is a plain list of numbers."""
        row = self.rows[i].tolist() if hasattr(self.rows, "tolist") else self.rows[i]
        return row[0] if self._lone else row

    def leaves(self) -> tuple[Any, list[Value]]:
        """The first row with leaves for its numbers, and the leaves."""
        leaves = [Value(x) for x in flat(self.row(0))]
        return shaped(self.row(0), iter(leaves)), leaves

    def columns(self) -> Any:
        """A table of floats with a column a row of X. Raises NetworkError for sequences of several lengths."""
        import numpy as np

        try:
            table = np.array(self.rows, float)
        except ValueError:  # no table
            lengths = [sum(1 for _ in flat(row)) for row in self.rows]
            i = next((i for i, length in enumerate(lengths) if length != lengths[0]), 0)
            raise NetworkError(
                f"X[{i}] has {plural(lengths[i], 'number')} and X[0] has {lengths[0]}: only backend='python' takes "
                "sequences of several lengths."
            ) from None
        return np.ascontiguousarray(table.reshape(self.count, -1).T)

    def tried(self, program: Any, columns: Any, eager: Callable[[int], Iterable[Value]], what: str) -> None:
        """NotRecordable if a program gives some row something else than the model itself does.

        The model is called 5 to 100 times, by the size of its graph, on rows that `recording.calls` chooses.
        """
        from numpy import errstate

        draws = Draws(self.model, eager)
        first = [*eager(0)]
        rows = calls(self.count, len(operations(*(each for each in first if isinstance(each, Value)))), columns)
        with errstate(all="ignore"):
            table = program(columns[:, rows].T)
        table = table.reshape(-1, len(first))
        for number, i in enumerate(rows):
            found = table[number if len(table) > 1 else 0].tolist()  # one line, if no input reaches the output
            try:
                expected = [float(each.data) for each in eager(i)]
            except (ArithmeticError, GradwalkError):
                if number < TRIED:
                    raise
                continue  # what cannot be computed cannot be compared
            for true, recorded in zip(expected, found):
                if not same(true, recorded):
                    kind = "random" if draws.any() else "decided by data"
                    raise NotRecordable(
                        kind,
                        f"{what} of row {i} is {true:.6g}, and {recorded:.6g} by the graph that row 0 recorded: "
                        "something is decided by a row's numbers, with `if` or max(), say, or drawn at random. Write "
                        "it with operations, such as a.maximum(b), or choose backend='python'.",
                    )
        if draws.any():
            raise NotRecordable(
                "random",
                f"{what} of a row is computed with numbers that are drawn at random, and the graph that row 0 "
                "recorded has none of the later ones. Choose backend='python', which calls the model for each row.",
            )


class Objective(Rows):
    """Rows with targets, and a loss by name or as a function. All is checked here, before anything is computed."""

    def __init__(self, model: Any, X: Any, y: Any, loss: Any) -> None:
        super().__init__(model, X)
        self.loss: Callable[..., Any] = loss if callable(loss) else choose(LOSSES, loss, "loss")
        self.name = getattr(self.loss, "__name__", "a function")
        self.targets = read_targets(y, self.count)
        check = CHECKS.get(self.name) if self.loss is LOSSES.get(self.name) else None
        for i, target in enumerate(self.targets if check else ()):
            try:
                check(target, self.outputs)  # type: ignore[misc]
            except NetworkError as error:
                raise NetworkError(f"y[{i}]: {error}") from None
        self.row_loss(0)

    def row_loss(self, i: int) -> Value:
        """The loss of one row, as a fresh graph."""
        return self._value(self.model(self.row(i)), self.targets[i])

    def record(self, parameters: Sequence[Value]) -> tuple[Any, Any]:
        """The loss of a row as a program, and the table of all rows and targets that it is called on."""
        import numpy as np

        row, leaves = self.leaves()
        one_hot = self.loss is cross_entropy and not isinstance(self.targets[0], tuple)
        numbers = np.eye(self.outputs)[np.array(self.targets, int)] if one_hot else np.array(self.targets, float)
        placeholders = [Placeholder(float(x)) for x in np.atleast_1d(numbers[0])]
        output = self._value(self.model(row), placeholders if numbers.ndim > 1 else placeholders[0])
        program = compile(output, [*leaves, *placeholders], parameters)
        columns = np.vstack([self.columns(), numbers.reshape(self.count, -1).T])
        self.verify(program, columns)
        return program, columns

    def verify(self, program: Any, columns: Any) -> None:
        """NetworkError if the recorded program gives another loss than the model itself, as its weights are now."""
        self.tried(program, columns, lambda i: [self.row_loss(i)], "the loss")

    def _value(self, prediction: Any, target: Any) -> Value:
        return checked_loss(self.loss(prediction, target))


def backend_for(backend: Any) -> str:
    """A backend by its name; None is the fastest that needs no more than the package's `train` extra."""
    if backend is None:
        return "numpy" if find_spec("numpy") else "python"
    names = ("python", *BACKENDS)
    return choose(dict(zip(names, names)), backend, "backend")


def _read(X: Any) -> tuple[Any, bool]:
    """Rows as tuples, or as the array that they came in; and whether they are lone numbers."""
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(X, numpy.ndarray) and X.ndim > 1 and X.size and X.dtype.kind in "fiu":
        table = X.astype(float)
        if numpy.isfinite(table).all():
            return table, False
    items = ordered(X, "X")
    return read_rows(items), not hasattr(items[0] if items else [], "__iter__")


def same(true: float, recorded: float) -> bool:
    """Whether two numbers are equal, but for rounding."""
    if isfinite(true) and isfinite(recorded):
        return abs(true - recorded) <= 1e-6 * max(abs(true), 1.0)
    return true == recorded or (isnan(true) and isnan(recorded))


def flat(row: Any) -> Iterator[Any]:
    """What a row holds, or a row of rows, one after the other."""
    if not isinstance(row, (list, tuple)):
        yield row
    else:
        for item in row:
            yield from flat(item)


def shaped(like: Any, numbers: Iterator[Any]) -> Any:
    """Numbers in the lists of another row."""
    return [shaped(item, numbers) for item in like] if isinstance(like, (list, tuple)) else next(numbers)
