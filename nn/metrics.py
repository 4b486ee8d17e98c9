"""Compute the predictions of a model for rows, and how good they are: mean loss, accuracy, confusion matrix."""

from __future__ import annotations

from functools import cached_property
from math import inf
from operator import eq
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, html_table, public

from .checks import NetworkError
from .data.table import targets
from .decision import predicted_class, target_classes, threshold
from .objective import Objective, Rows, backend_for, flat, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine import Value

    from .names import BackendName, LossName

    Loss = Callable[[Any, Any], Value]


@public
def predict(model: Any, X: Any, backend: BackendName | None = None) -> list[Any]:
    """Return the outputs of a model for each row of X: a number, or a list of numbers if the model returns a list.

    The backend "numpy" computes all rows at once, "python" one by one. None is "numpy" where NumPy is installed.

    - `model`: called on a row.
    - `X`: the rows: a list, an array or a table.
    - `backend`: "python", "numpy", "jax" or "torch".

    Raises NetworkError (a ValueError) for no rows, for rows of another length than the model takes, for text or
    infinity in them, for a model that cannot be called or has no `parameters()`, and for an unknown backend;
    DomainError (a ValueError) for NaN in the rows; MissingExtra (an ImportError) for a backend that is not installed.

    >>> from nn import MLP
    >>> predict(MLP(2, [3, 1], init="zeros"), [[1, 2], [3, 4], [5, 6]])
    [0.0, 0.0, 0.0]
    """
    return _outputs(Rows(model, X), backend)


@public
def evaluate(
    model: Any,
    X: Any,
    y: Any,
    loss: LossName | Loss = "mse",
    backend: BackendName | None = None,
) -> float:
    """Return the mean loss of a model over rows.

    Parameters
    ----------
    model: called on a row; it has `parameters()`.
    X: the rows: a list, an array or a table.
    y: one target for each row.
    loss: a name of `nn.losses`, or a function of a prediction and a target.
    backend: "numpy", "jax" or "torch" compute all rows at once, "python" one by one. None is "numpy" where NumPy is
        installed, else "python".

    Returns
    -------
    The mean, a float.

    Raises
    ------
    NetworkError (a ValueError) for rows of another length than the model takes, for another number of targets
    than rows, for a target that the loss does not take, and for an unknown loss or backend. DomainError (a
    ValueError) for NaN in the data. MissingExtra (an ImportError) for a backend that is not installed.

    >>> from nn import MLP
    >>> evaluate(MLP(1, [1], init="zeros"), [[1], [2]], [2.0, 4.0])
    10.0
    """
    objective = Objective(model, X, y, loss)
    if backend_for(backend) == "python":
        return objective.mean_loss()
    program, columns = objective.record(model.parameters())
    try:
        mean = float(program(columns.T).mean())
    except GradwalkError as error:
        raise objective.unfit(error.row) or error from None
    if not 0 <= mean < inf and (unfit := objective.unfit()):
        raise unfit
    return mean


@public
def classify(model: Any, X: Any, backend: BackendName | None = None) -> list[int]:
    """Return the predicted class of each row: the index of the highest of several outputs.

    A model of one output predicts yes (1) above 0, or above 0.5 if that output is a sigmoid, else no (0).

    - `model`: called on a row.
    - `X`: the rows: a list, an array or a table.
    - `backend`: "python", "numpy", "jax" or "torch".

    Raises NetworkError (a ValueError) for no rows, for rows of another length than the model takes, for text or
    infinity in them, for a model that cannot be called or has no `parameters()`, and for an unknown backend;
    DomainError (a ValueError) for NaN in the rows; MissingExtra (an ImportError) for a backend that is not installed.

    >>> from nn import MLP
    >>> classify(MLP(1, [1], init=lambda *_: 1.0), [[-2.0], [0.5]])
    [0, 1]
    """
    return _classes(Rows(model, X), backend)


@public
def accuracy(model: Any, X: Any, y: Any, backend: BackendName | None = None) -> float:
    """Return the fraction of rows whose predicted class is right, from 0 to 1; see `classify`.

    Parameters
    ----------
    model: called on a row; it has `parameters()`.
    X: the rows.
    y: the class of each row, counted from 0; for a model of one output 0 and 1, or -1 and 1.
    backend: as for `predict`.

    Returns
    -------
    The fraction, a float.

    Raises
    ------
    NetworkError (a ValueError) for a target that is not a class of the model.

    >>> from nn import MLP
    >>> accuracy(MLP(1, [1], init=lambda *_: 1.0), [[-2.0], [0.5], [3.0]], [0, 1, 0])
    0.6666666666666666
    """
    matrix = confusion_matrix(model, X, y, backend)
    return sum(line[i] for i, line in enumerate(matrix)) / sum(map(sum, matrix))


class ConfusionMatrix(list[list[int]]):
    """A list of lines, one for each class, each a list of counts; a notebook shows it as a table."""

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        titles = ["class \\ predicted", *(str(number) for number in range(len(self)))]
        lines = [[str(number), *map(str, line)] for number, line in enumerate(self)]
        right, rows = sum(line[i] for i, line in enumerate(self)), sum(map(sum, self))
        return html_table(titles, lines, f"{right} of {rows} right")


@public
def confusion_matrix(model: Any, X: Any, y: Any, backend: BackendName | None = None) -> ConfusionMatrix:
    """Return how often the rows of each class (a line of the matrix) are predicted as each class (a column).

    The counts on the diagonal are the right predictions.

    Parameters
    ----------
    model: called on a row; it has `parameters()`.
    X: the rows.
    y: the class of each row, as for `accuracy`.
    backend: as for `predict`.

    Returns
    -------
    A list of lines, each a list of ints, which a notebook shows as a table.

    Raises
    ------
    NetworkError (a ValueError) for a target that is not a class of the model.

    >>> from nn import MLP
    >>> confusion_matrix(MLP(1, [1], init=lambda *_: 1.0), [[-2.0], [0.5], [3.0]], [0, 1, 0])
    [[1, 1], [0, 1]]
    """
    rows = Rows(model, X)
    classes = checked_classes(rows, targets(y, rows.count))
    kinds = max(rows.outputs, 2)
    matrix = [[0] * kinds for _ in range(kinds)]
    for true_class, prediction in zip(classes, _classes(rows, backend)):
        matrix[true_class][prediction] += 1
    return ConfusionMatrix(matrix)


def checked_classes(rows: Rows, labels: Sequence[Any]) -> list[int]:
    """Return the class that each target stands for; raise NetworkError for one that is not a class of the model."""
    targets_as_classes = target_classes(labels, rows.outputs)
    classes = [each for each in targets_as_classes if each is not None]
    if len(classes) < len(targets_as_classes):
        i = targets_as_classes.index(None)
        one = "with one output, the classes are 0 and 1, or -1 and 1"
        known = f"the model has {rows.outputs} classes, 0 to {rows.outputs - 1}" if rows.outputs > 1 else one
        raise NetworkError(f"y[{i}] is {labels[i]}, which is not a class: {known}.")
    return classes


class Hits:
    """Counts the rows of an objective whose class is right, from outputs that are computed elsewhere.

    Raises NetworkError for a target that is not a class of the model.
    """

    objective: Objective
    count: int

    def __init__(self, objective: Objective) -> None:
        self.objective, self.count = objective, objective.count
        self.classes: list[int] = checked_classes(objective, objective.targets)
        self.threshold: float = threshold(objective.activation)

    def eager(self) -> int:
        """Return how many rows are right, each computed with a graph of its own."""
        return sum(map(eq, self.classes, _classes(self.objective, "python")))

    def of(self, outputs: Any, classes: Any = None) -> Any:
        """Return how many rows are right by an array of NumPy's or JAX's that has a line for each output.

        `classes` are those of these rows, as such an array; None is all.
        """
        if classes is None and len(outputs) > 1:
            from numpy import count_nonzero

            is_largest = outputs == outputs.max(0)
            if count_nonzero(is_largest) == outputs.shape[1]:  # without equal ones this is faster than argmax
                return count_nonzero(is_largest.take(self._places))
        classes = self.array if classes is None else classes
        predicted = outputs.argmax(0) if len(outputs) > 1 else outputs[0] > self.threshold
        return (predicted == classes).sum()

    @cached_property
    def array(self) -> Any:
        """The classes as an array of NumPy's."""
        from numpy import array

        return array(self.classes)

    @cached_property
    def _places(self) -> Any:
        """The place of each row's class among all outputs, line by line, as an array of NumPy's."""
        from numpy import arange

        return self.array * self.count + arange(self.count)


def _classes(rows: Rows, backend: BackendName | None) -> list[int]:
    above = threshold(rows.activation)
    return [predicted_class([*flat(output)], above) for output in _outputs(rows, backend)]


def _outputs(rows: Rows, backend: BackendName | None) -> list[Any]:
    if backend_for(backend) == "python":
        return [shaped(y, (value.data for value in flat(y))) for y in map(rows.outputs_at, range(rows.count))]
    from numpy import broadcast_to

    program, columns, like = rows.record_outputs()
    table = program(columns.T)
    return [shaped(like, iter(line)) for line in broadcast_to(table, (rows.count, table.shape[1])).tolist()]
