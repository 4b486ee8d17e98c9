"""Compute the losses, gradients, accuracy and outputs of a model at recorded weights."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, Value, compile, gradients_kept

from ..decision import predicted_class, target_classes, threshold
from ..objective import flat, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.program.program import Program

    from ..objective import Objective


class Snapshot(NamedTuple):
    """The numbers of a network at one moment of its training, the end of an epoch.

    - `epoch`: its number; 0 is the start.
    - `rate`: its learning rate; None at the start.
    - `loss`: the mean over all training rows at these weights.
    - `validation`: the mean over the validation rows; None if there are none.
    - `accuracy`: the fraction of rows whose class the model predicts, of the validation rows if there are some, else
      of the training rows; None if the targets are not classes.
    - `weights`: the numbers of all leaves of the model.
    - `gradients`: the derivative of `loss` with respect to each leaf, in the same order; NaN for a frozen leaf.
    """

    epoch: int
    rate: float | None
    loss: float
    validation: float | None
    accuracy: float | None
    weights: Sequence[float]
    gradients: Sequence[float]


class Meter:
    """Computes the numbers of a model at any weights, by compiled code where possible. The model is not changed.

    Parameters
    ----------
    objective: the model, its training rows and its loss.
    validation: the same with the validation rows, or None.
    leaves: the leaves of the model; weights are in the same order.
    """

    objective: Objective
    validation: Objective | None
    leaves: Sequence[Value]

    def __init__(self, objective: Objective, validation: Objective | None, leaves: Sequence[Value]) -> None:
        self.objective, self.validation, self.leaves = objective, validation, leaves
        self.trained: list[int] = [place for place, leaf in enumerate(leaves) if leaf.requires_grad]
        parameters = [leaves[place] for place in self.trained]
        self.tested: Objective = validation or objective
        # A regression whose few validation targets happen to be 0 and 1 stays a regression.
        self.true_classes: list[int] = true_classes(self.tested) if true_classes(objective) else []
        self._read: dict[Objective, Any] = {}
        try:
            self.programs: Any = {each: each.record(parameters) for each in (objective, validation) if each}
            row, inputs = objective.leaves()
            self.program: Program = compile([*flat(objective.outputs_of(row))], inputs, parameters)
            self.fast: bool = True
        except (ImportError, GradwalkError):  # no NumPy, or a model whose graph differs from row to row
            self.fast = False

    def snapshot(self, epoch: int, rate: float | None, weights: Sequence[float]) -> Snapshot:
        """Return the numbers of one moment."""
        loss, gradients = self.loss(self.objective, weights)
        validation = self.loss(self.validation, weights)[0] if self.validation else None
        return Snapshot(epoch, rate, loss, validation, self.accuracy(weights), weights, gradients)

    def loss(self, objective: Objective, weights: Sequence[float]) -> tuple[float, list[float]]:
        """Return the mean loss of all rows, and its gradient; both are NaN where the model has no value."""
        gradient = [nan] * len(self.leaves)
        if self.fast:
            from numpy import array

            program, columns = self.programs[objective]
            try:
                mean, gradients = program.value_and_grad(columns.T, array(self._trained(weights)))
            except GradwalkError:
                mean, gradients = nan, gradient
        else:
            mean, gradients = self._eager(
                weights, lambda: _loss_and_gradient(objective, self.leaves), (nan, gradient)
            )
        for index, derivative in zip(self.trained, gradients):
            gradient[index] = float(derivative)
        return float(mean), gradient

    def row(self, numbers: Sequence[float]) -> Any:
        """Return numbers as a row for `outputs`."""
        return numbers if self.fast else shaped(self.objective.row(0), iter(numbers))

    def outputs(self, weights: Sequence[float], rows: Sequence[Any]) -> list[list[float]]:
        """Return the outputs for each row; NaN where the model has no value."""
        if self.fast:
            outputs: list[list[float]] = self._array(weights, rows).tolist()
            return outputs

        def output(row: Any) -> list[float]:
            try:
                return [value.data for value in flat(self.objective.outputs_of(row))]
            except (ArithmeticError, GradwalkError):
                return [nan] * self.objective.outputs

        eager_outputs: list[list[float]] = self._eager(weights, lambda: [output(row) for row in rows], [])
        return eager_outputs

    def classes(self, weights: Sequence[float], objective: Objective) -> list[int]:
        """Return the class that the model predicts for each row of an objective."""
        rows, above = self._rows(objective), threshold(self.objective.activation)
        outputs = self._array(weights, rows).tolist() if self.fast else self.outputs(weights, rows)
        return [predicted_class(output, above) for output in outputs]

    def accuracy(self, weights: Sequence[float]) -> float | None:
        """Return the fraction of rows whose class the model predicts; None if the targets are not classes."""
        if not self.true_classes:
            return None
        return sum(map(int.__eq__, self.classes(weights, self.tested), self.true_classes)) / len(self.true_classes)

    def _array(self, weights: Sequence[float], rows: Any) -> Any:
        """Return the outputs for some rows, of shape (rows, outputs)."""
        import numpy as np

        outputs = self.program.or_nan(np.asarray(rows, float), np.array(self._trained(weights)))
        return np.broadcast_to(outputs, (len(rows), outputs.shape[1]))

    def _rows(self, objective: Objective) -> Any:
        """Return all rows of an objective, as `outputs` takes them."""
        if objective not in self._read:
            self._read[objective] = (
                objective.columns().T if self.fast else [*map(objective.row, range(objective.count))]
            )
        return self._read[objective]

    def _trained(self, weights: Sequence[float]) -> list[float]:
        return [weights[place] for place in self.trained]

    def _eager(self, weights: Sequence[float], measure: Callable[[], Any], default: Any) -> Any:
        """Return what `measure` returns while the model has these weights; `default` where the model has no value.

        Afterwards the model has its own weights again.
        """
        before = [leaf.data for leaf in self.leaves]
        with gradients_kept(self.leaves):
            try:
                for leaf, weight in zip(self.leaves, weights):
                    leaf.data, leaf.grad = weight, 0.0
                return measure()
            except (ArithmeticError, GradwalkError):
                return default
            finally:
                for leaf, data in zip(self.leaves, before):
                    leaf.data = data


def true_classes(objective: Objective) -> list[int]:
    """Return the class of each row, counted from 0; an empty list if the targets are not all classes."""
    classes = target_classes(objective.targets, objective.outputs)
    return [each for each in classes if each is not None] if None not in classes else []


def _loss_and_gradient(objective: Objective, leaves: Sequence[Value]) -> tuple[float, list[float]]:
    """Return the mean loss of all rows, and its gradient, from eager graphs."""
    total = 0.0
    for i in range(objective.count):
        loss = objective.row_loss(i)
        loss.backward()
        total += loss.data
    return total / objective.count, [leaf.grad / objective.count for leaf in leaves if leaf.requires_grad]
