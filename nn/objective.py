"""`Objective`: a model, its data and a loss as one function, checked; and that function as a compiled program.

The program is recorded from the graph of the first row, with leaves for its numbers. It is compared with the model
itself on 5 to 100 rows.
"""

from __future__ import annotations

from importlib.util import find_spec
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any, cast

from engine import (
    BACKENDS,
    NO_BACKENDS,
    GradwalkError,
    MissingExtra,
    Paused,
    Value,
    compile,
    described,
    in_row,
    operations,
    recording,
)

from .checks import NetworkError, UnfitOutput, checked_loss, choose, loaded_numpy, plural
from .data.table import ordered, rows as read_rows, targets as read_targets
from .decision import last_operation
from .losses import CHECKS, LOSSES, cross_entropy
from .losses.terms import Placeholder
from .masks import Masks, MasksFrom
from .recordable import LEAST_COMPARED, GeneratorStates, NotRecordable, rows_to_compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .masks import Source


class Rows:
    """The rows of X for a model: one by one for eager calls, or all as the columns of a table."""

    rows: Any

    def __init__(self, model: Any, X: Any) -> None:
        if not callable(model) or not callable(getattr(model, "parameters", None)):
            raise NetworkError(
                f"a model is called on a row and has parameters(), unlike {described(model)}: see nn.Module."
            )
        self.model = model
        self.rows, self._single_numbers = _read(X)
        self.count: int = len(self.rows)
        first = self.outputs_of(self.row(0))
        if first is None or isinstance(first, (bool, int, float, str)):
            raise NetworkError(
                f"the model gave {described(first)}, not a Value: it is calculated with its parameters."
            )
        self.outputs: int = len(first) if isinstance(first, (list, tuple)) else 1
        self.activation: str = last_operation([*flat(first)])

    def outputs_of(self, row: Any, source: Source | None = None) -> Any:
        """Return what the model gives for a row. Dropout layers drop nothing, unless a source of masks is given."""
        with MasksFrom(source):
            return self.model(row)

    def outputs_at(self, i: int) -> Any:
        """Return what the model gives for row `i`; the error of a row says which it is."""
        try:
            return self.outputs_of(self.row(i))
        except GradwalkError as error:
            raise in_row(error, i) from None

    def row(self, i: int) -> Any:
        """Return row `i` as the model is called on it: a list, or a number if X is a plain list of numbers."""
        row = self.rows[i].tolist() if hasattr(self.rows, "tolist") else self.rows[i]
        return row[0] if self._single_numbers else row

    def leaves(self) -> tuple[Any, list[Value]]:
        """Return the first row with a leaf in the place of each number, and the list of these leaves."""
        leaves = [Value(x) for x in flat(self.row(0))]
        return shaped(self.row(0), iter(leaves)), leaves

    def columns(self) -> Any:
        """Return an array of floats with one column for each row of X.

        Raises NetworkError for sequences of several lengths.
        """
        import numpy as np

        try:
            table = np.array(self.rows, float)
        except ValueError:  # rows of several lengths
            lengths = [sum(1 for _ in flat(row)) for row in self.rows]
            i = next((i for i, length in enumerate(lengths) if length != lengths[0]), 0)
            raise NetworkError(
                f"X[{i}] has {plural(lengths[i], 'number')} and X[0] has {lengths[0]}: only backend='python' takes "
                "sequences of several lengths."
            ) from None
        return np.ascontiguousarray(table.reshape(self.count, -1).T)

    def record_outputs(self, parameters: Sequence[Value] | None = None) -> tuple[Any, Any, Any]:
        """Return a program for the outputs of a row, the array to call it on, and the outputs of the first row.

        `parameters` are those of the program; None is all of the model's. The array has a column for each row.
        Raises NotRecordable as `Objective.record` does.
        """
        row, leaves = self.leaves()
        with recording(), Paused():  # also inside no_grad
            like = self.outputs_of(row)
        moved = self.model.parameters() if parameters is None else parameters
        program, columns = compile([*flat(like)], leaves, moved), self.columns()
        self.compare(program, columns, lambda i: flat(self.outputs_at(i)), "the output")
        return program, columns, like

    def compare(self, program: Any, columns: Any, eager: Callable[[int], Iterable[Value]], what: str) -> None:
        """Raise NotRecordable if a program and the model give different numbers for some row.

        Parameters
        ----------
        program: the compiled program, called on an array with one line for each row.
        columns: the array that holds the rows as columns, as `columns()` returns it.
        eager: called with the index of a row; returns what the model gives, as Values.
        what: what the numbers are, for the error: "the loss" or "the output".

        The model is called 5 to 100 times, on the rows that `recordable.rows_to_compare` chooses.
        """
        generators = GeneratorStates(self.model, eager)
        try:
            first = [*eager(0)]
        except GradwalkError as error:
            raise in_row(error, 0) from None
        nodes = len(operations(*(each for each in first if isinstance(each, Value))))
        rows = rows_to_compare(self.count, nodes, columns)
        table = program.or_nan(columns[:, rows].T)
        table = table.reshape(-1, len(first))
        for number, i in enumerate(rows):
            line = number if len(table) > 1 else 0  # there is one line if no input reaches the output
            try:
                expected = [float(each.data) for each in eager(i)]
            except (ArithmeticError, GradwalkError) as error:
                if number < LEAST_COMPARED or isinstance(error, UnfitOutput):
                    raise in_row(error, i) if isinstance(error, GradwalkError) else error from None
                continue  # a row without a value cannot be compared
            for true, recorded in zip(expected, table[line].tolist()):
                if not nearly_equal(true, recorded):
                    kind = "random" if generators.changed() else "decided by data"
                    raise NotRecordable(
                        kind,
                        f"{what} of row {i} is {true:.6g}, and {recorded:.6g} by the graph that row 0 recorded: "
                        "the model decides by a row's numbers, with `if` or max(), say, or draws random numbers. "
                        "Write the decision with operations, such as a.maximum(b), or choose backend='python'.",
                    )
        if generators.changed():
            raise NotRecordable(
                "random",
                f"{what} of a row is computed with random numbers, and the graph that row 0 recorded repeats its own "
                "for every row. Choose backend='python', which calls the model for each row.",
            )


class Objective(Rows):
    """A model, rows with their targets, and a loss: the function that a training minimizes.

    The loss is a name of `nn.losses` or a function of a prediction and a target. All arguments are checked here:
    NetworkError, before a training starts, for those that do not fit together.
    """

    def __init__(self, model: Any, X: Any, y: Any, loss: Any) -> None:
        super().__init__(model, X)
        self.loss: Callable[..., Any] = loss if callable(loss) else choose(LOSSES, loss, "loss")
        self.name: Any = getattr(self.loss, "__name__", "a function")
        self.targets: tuple[Any, ...] = read_targets(y, self.count)
        check = CHECKS.get(self.name) if self.loss is LOSSES.get(self.name) else None
        for i, target in enumerate(self.targets if check else ()):
            try:
                check(target, self.outputs)  # type: ignore[misc]
            except NetworkError as error:
                raise NetworkError(f"y[{i}]: {error}") from None
        self.row_loss(0)

    def row_loss(self, i: int, source: Source | None = None) -> Value:
        """Return the loss of row `i`, with a new graph. Dropout layers drop nothing, unless a source is given."""
        with Paused():
            return self._value(self.outputs_of(self.row(i), source), self.targets[i])

    def masks(self, seed: int) -> Masks:
        """Return the masks of a training with this seed: empty if no Dropout layer takes part in row 0."""
        masks = Masks(seed)
        self.outputs_of(self.row(0), masks.record)
        return masks

    def mean_loss(self) -> float:
        """Return the mean of the losses of all rows, each with a graph of its own."""
        total = 0.0
        for i in range(self.count):
            try:
                total += self.row_loss(i).data
            except GradwalkError as error:
                raise in_row(error, i) from None
        return total / self.count

    def unfit(self, row: int | None = None) -> UnfitOutput | None:
        """Return the error of the first row whose output the loss refuses, at the present weights; None if none is.

        A program computes on where the loss refuses an output: it says log(0), or gives a number. `row` is the only
        row to look at, if it is known.
        """
        for i in range(self.count) if row is None else [row]:
            try:
                self.row_loss(i)
            except UnfitOutput as error:
                return cast("UnfitOutput", in_row(error, i))
            except (ArithmeticError, GradwalkError):
                continue
        return None

    def record(
        self, parameters: Sequence[Value], masks: Masks | None = None, with_outputs: bool = False
    ) -> tuple[Any, Any]:
        """Return a program for the loss of a row, and the array to call it on: a column for each row and its target.

        With `masks`, Dropout layers drop: the last numbers of each column are the mask of its row in epoch 0. The
        program computes the model's outputs, too, after the loss, if it is `with_outputs`.
        Raises NotRecordable if the model does not compute the same for every row.
        """
        import numpy as np

        row, leaves = self.leaves()
        one_hot = self.loss is cross_entropy and not isinstance(self.targets[0], tuple)
        numbers = np.eye(self.outputs)[np.array(self.targets, int)] if one_hot else np.array(self.targets, float)
        placeholders = [Placeholder(float(x)) for x in np.atleast_1d(numbers[0])]
        if masks:
            masks.clear()
        with Paused():
            prediction = self.outputs_of(row, masks.record if masks else None)
            output = self._value(prediction, placeholders if numbers.ndim > 1 else placeholders[0])
            outputs = [output, *flat(prediction)] if with_outputs else output
            program = compile(outputs, [*leaves, *placeholders, *(masks.leaves if masks else ())], parameters)
        columns = np.vstack([self.columns(), numbers.reshape(self.count, -1).T])
        if masks and masks.shares:
            columns = np.vstack([columns, masks.columns(0, range(self.count))])
        if with_outputs:
            self.compare(program, columns, self._loss_and_outputs, "the loss or an output")
        else:
            self.verify(program, columns, masks)
        return program, columns

    def _loss_and_outputs(self, i: int) -> list[Value]:
        prediction = self.outputs_of(self.row(i))
        return [self._value(prediction, self.targets[i]), *flat(prediction)]

    def verify(self, program: Any, columns: Any, masks: Masks | None = None) -> None:
        """Raise NotRecordable if the program and the model give different losses at the present weights.

        `columns` and `masks` are those of `record`.
        """

        def loss(i: int) -> list[Value]:
            return [self.row_loss(i, masks.of_row(0, i) if masks else None)]

        self.compare(program, columns, loss, "the loss")

    def _value(self, prediction: Any, target: Any) -> Value:
        return checked_loss(self.loss(prediction, target))


def backend_for(backend: Any) -> str:
    """Return the name of a backend. None is "numpy" where NumPy is installed, else "python".

    Raises NetworkError for an unknown name, MissingExtra for a backend where NumPy is not installed: all need it.
    """
    if backend is None:
        return "numpy" if find_spec("numpy") else "python"
    if isinstance(backend, str) and backend in NO_BACKENDS:
        raise NetworkError(NO_BACKENDS[backend])
    names = ("python", *BACKENDS)
    name = choose(dict(zip(names, names)), backend, "backend", "")
    if name != "python" and not find_spec("numpy"):
        raise MissingExtra("NumPy", "train", f"backend={name!r}")
    return name


def _read(X: Any) -> tuple[Any, bool]:
    """Return the rows as tuples or as the array that was given, and whether X is a plain list of numbers."""
    numpy = loaded_numpy()
    if numpy and isinstance(X, numpy.ndarray) and X.ndim > 1 and X.size and X.dtype.kind in "fiu":
        table = X.astype(float)
        if numpy.isfinite(table).all():
            return table, False
    items = ordered(X, "X")
    return read_rows(items), not hasattr(items[0] if items else [], "__iter__")


def nearly_equal(true: float, recorded: float) -> bool:
    """Tell whether two numbers are equal to within rounding. NaN equals NaN here."""
    if isfinite(true) and isfinite(recorded):
        return abs(true - recorded) <= 1e-6 * max(abs(true), 1.0)
    return true == recorded or (isnan(true) and isnan(recorded))


def flat(row: Any) -> Iterator[Any]:
    """Yield the numbers of a row, or of nested rows, one after the other.

    >>> [*flat([[1, 2], [3]])], [*flat(7)]
    ([1, 2, 3], [7])
    """
    if not isinstance(row, (list, tuple)):
        yield row
    else:
        for item in row:
            yield from flat(item)


def shaped(like: Any, numbers: Iterator[Any]) -> Any:
    """Return numbers nested in lists as `like` is: the inverse of `flat`.

    >>> shaped([[0, 0], [0]], iter([1, 2, 3]))
    [[1, 2], [3]]
    """
    return [shaped(item, numbers) for item in like] if isinstance(like, (list, tuple)) else next(numbers)
