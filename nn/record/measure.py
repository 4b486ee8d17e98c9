"""Measure a model at recorded weights: losses, gradients, accuracy, and its outputs for any rows."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, Value, compile, gradients_kept

from ..decision import predicted_class, target_classes, threshold
from ..objective import flat, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..objective import Objective


class Snapshot(NamedTuple):
    """A network at one moment of its training. Epoch 0 is the start, which has no learning rate.

    `loss` is the mean over all training rows at these weights, and `validation` that over the validation rows, None
    where there are none. `accuracy` is the part, from 0 to 1, of rows whose class the model predicts: of the
    validation rows if there are some, else of the training rows; None where the targets are not classes. `weights`
    are all leaves of the model in their order, and `gradients` those of `loss` in the same order; NaN for a frozen
    weight.
    """

    epoch: int
    rate: float | None
    loss: float
    validation: float | None
    accuracy: float | None
    weights: Sequence[float]
    gradients: Sequence[float]


class Meter:
    """Measures an objective's model at any weights, by array code where possible; leaves the model as it was."""

    def __init__(self, objective: Objective, validation: Objective | None, leaves: Sequence[Value]) -> None:
        self.objective, self.validation, self.leaves = objective, validation, leaves
        self.trained = [place for place, leaf in enumerate(leaves) if leaf.requires_grad]
        parameters = [leaves[place] for place in self.trained]
        self.judged = validation or objective
        self.truth = true_classes(self.judged)
        self._read: dict[Objective, Any] = {}
        try:
            self.programs: Any = {each: each.record(parameters) for each in (objective, validation) if each}
            row, inputs = objective.leaves()
            self.outputs_of = compile([*flat(objective.model(row))], inputs, parameters)
            self.fast = True
        except (ImportError, GradwalkError):  # no NumPy, or a model that the graph of one row does not stand for
            self.fast = False

    def snapshot(self, epoch: int, rate: float | None, weights: Sequence[float]) -> Snapshot:
        """Return all numbers of one moment."""
        loss, slopes = self.loss(self.objective, weights)
        held_out = self.loss(self.validation, weights)[0] if self.validation else None
        return Snapshot(epoch, rate, loss, held_out, self.accuracy(weights), weights, slopes)

    def loss(self, objective: Objective, weights: Sequence[float]) -> tuple[float, list[float]]:
        """Return the mean loss of all rows, and its gradient; NaN where the model has no value."""
        gradient = [nan] * len(self.leaves)
        if self.fast:
            from numpy import array, errstate

            program, columns = self.programs[objective]
            with errstate(all="ignore"):
                mean, slopes = program.value_and_grad(columns.T, array(self._trained(weights)))  # may be NaN
        else:
            mean, slopes = self._eager(weights, lambda: _loss_and_gradient(objective, self.leaves), (nan, gradient))
        for place, slope in zip(self.trained, slopes):
            gradient[place] = float(slope)
        return float(mean), gradient

    def row(self, numbers: Sequence[float]) -> Any:
        """Return numbers as a row that `outputs` takes."""
        return numbers if self.fast else shaped(self.objective.row(0), iter(numbers))

    def outputs(self, weights: Sequence[float], rows: Sequence[Any]) -> list[list[float]]:
        """Return the outputs for each of some rows; NaN where the model has no value."""
        if self.fast:
            outputs: list[list[float]] = self._array(weights, rows).tolist()
            return outputs

        def output(row: Any) -> list[float]:
            try:
                return [value.data for value in flat(self.objective.model(row))]
            except (ArithmeticError, GradwalkError):
                return [nan] * self.objective.outputs

        answers: list[list[float]] = self._eager(weights, lambda: [output(row) for row in rows], [])
        return answers

    def classes(self, weights: Sequence[float], objective: Objective) -> list[int]:
        """Return the class that the model predicts for each row of an objective."""
        rows, above = self._rows(objective), threshold(self.objective.activation)
        answers = self._array(weights, rows).tolist() if self.fast else self.outputs(weights, rows)
        return [predicted_class(answer, above) for answer in answers]

    def accuracy(self, weights: Sequence[float]) -> float | None:
        """Return the part of rows whose class the model predicts; None if their targets are not classes."""
        if not self.truth:
            return None
        return sum(map(int.__eq__, self.classes(weights, self.judged), self.truth)) / len(self.truth)

    def _array(self, weights: Sequence[float], rows: Any) -> Any:
        """Return the outputs for some rows, of shape (rows, outputs)."""
        import numpy as np

        with np.errstate(all="ignore"):
            outputs = self.outputs_of(np.asarray(rows, float), np.array(self._trained(weights)))
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
        """Return what `measure` returns with these weights in the model, which then gets back its own.

        That is `default` where the model has no value.
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
