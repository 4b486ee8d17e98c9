"""Loops over the batches of an epoch: in Python, in NumPy, or on another backend."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, in_row

from ..checks import NetworkError, UnfitOutput
from ..data.batching import orders
from ..optim.base import ARRAYS, FLOATS, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..history import History
    from ..objective import Objective
    from ..optim import Optimizer

MEASURED = ("the loss", "the norm of the gradient", "the norm of the weights", "the loss of the validation rows")


class Diverged(NetworkError):
    """Raised for a training in which a number became infinite or NaN.

    `history` holds the epochs before, and the model has the weights of the last of them.
    """

    history: History

    def __init__(self, epoch: int, rate: float, why: str, unfit: UnfitOutput | None = None) -> None:
        self.epoch, self.rate = epoch, rate
        remedy = (
            f"Start again with a rate below {rate:g}, with the inputs brought to one scale (nn.data.standardize), or "
            "with clip=1.0."
        )
        super().__init__(
            f"training diverged in epoch {epoch + 1}: {why}. {remedy}"
            if unfit is None
            else f"training ended in epoch {epoch + 1}: {unfit}"
        )

    def because(self, unfit: UnfitOutput) -> Diverged:
        """Return this error with another cause: an output that the loss refuses, whatever the rate."""
        error = Diverged(self.epoch, self.rate, "", unfit)
        if hasattr(self, "history"):
            error.history = self.history
        return error


def check(epoch: int, rate: float, *numbers: float) -> None:
    """Raise Diverged if one of the numbers, which are in the order of MEASURED, is infinite or NaN."""
    for name, number in zip(MEASURED, numbers):
        if not isfinite(number):
            raise Diverged(epoch, rate, f"{name} became {number:g}")


class Loop:
    """Descends with eager graphs, one for each row: `backend="python"`.

    `state` is the state after the last complete epoch, and `now` that after the last complete step. `begun` is how
    many steps the optimizer had taken before.

    Parameters
    ----------
    objective: the model, its training rows and its loss.
    validation: the same with the validation rows, or None.
    optimizer: whose rule and state are used.
    clip: a function of a gradient and the norm that returns the clipped gradient.
    batches: the batch size (None is all rows), whether to shuffle, and the seed.
    devices, dtype: settings of JAX; other loops ignore them.
    """

    tools = FLOATS
    pace = 1  # how many epochs one call of `epochs` should run, if nothing is measured between them

    def __init__(
        self,
        objective: Objective,
        validation: Objective | None,
        optimizer: Optimizer,
        clip: Callable[[Any, Any], Any],
        batches: tuple[int | None, bool, int],
        devices: int = 1,
        dtype: str = "float64",
    ) -> None:
        self.objective, self.validation, self.optimizer, self.clip = objective, validation, optimizer, clip
        self.batches, self.devices, self.dtype = batches, devices, dtype
        self.whole = batches[0] is None or batches[0] >= objective.count
        self.masks = objective.masks(batches[2])
        self.prepare()
        self.begun = optimizer.steps  # by now
        self.state = self.now = self.load(optimizer.state)

    def prepare(self) -> None:
        """Compute what all epochs use."""

    def load(self, state: State) -> State:
        """Return a state of lists of floats as this loop computes with it."""
        return state

    def plain(self, state: State) -> State:
        """Return a state of this loop as lists of floats."""
        return state

    def answer(self, state: State) -> list[float]:
        """Return the resulting weights of a state, as floats."""
        state = self.plain(state)
        return list(self.optimizer.answer(state) if state.steps else state.weights)

    def verify(self) -> None:
        """Compare the recorded loss with the model at the end of the training; raise NetworkError if they differ."""

    def orders(self, epoch: int) -> list[list[int]]:
        """Return the indices of the rows in each batch of an epoch."""
        size, shuffle, seed = self.batches
        return orders(self.objective.count, size, shuffle, seed, epoch)

    def epochs(self, first: int, rates: Sequence[float]) -> list[dict[str, float]]:
        """Run one epoch for each rate, and return the numbers of each, as `History.rows`. Raises Diverged."""
        return [self.epoch(epoch, rate) for epoch, rate in enumerate(rates, first)]

    def epoch(self, epoch: int, rate: float) -> dict[str, float]:
        """Run one epoch, and return its numbers: the loss, the gradient norm, the rate, the validation loss."""
        self.now, total, norms, count = self.state, 0.0, 0.0, 0
        try:
            for indices in [None] if self.whole else self.orders(epoch):
                gradient = self.gradient(self.batch(indices, epoch))
                try:
                    after, (loss, norm) = self.optimizer.advance(self.tools, gradient, self.now, rate)
                except GradwalkError as error:
                    raise self.located(error, indices) from None
                check(epoch, rate, loss, norm)
                self.now, count = after, count + 1
                total, norms = total + loss * (len(indices) if indices else self.objective.count), norms + norm
            row = {"loss": float(total / self.objective.count), "norm": float(norms / count), "rate": rate}
            if self.validation:
                try:
                    row["validation"] = self.validate(self.validation, self.optimizer.answer(self.now))
                except GradwalkError as error:
                    unfit = self.unfit(self.validation, error)
                    raise Diverged(epoch, rate, f"validation: {error}".rstrip("."), unfit) from error
        except (ArithmeticError, GradwalkError) as error:
            if isinstance(error, Diverged):
                raise
            unfit = self.unfit(self.objective, error)
            if isinstance(error, GradwalkError) and unfit is None and self.now.steps == self.begun:
                raise  # at the weights that were given, no step of the training has anything to do with it
            raise Diverged(epoch, rate, f"{error}".rstrip("."), unfit) from error
        size = self.tools.dot(self.now.weights, self.now.weights)
        check(epoch, rate, row["loss"], row["norm"], size, row.get("validation", 0.0))
        self.state = self.now
        return row

    def gradient(self, batch: Any) -> Callable[[Any], tuple[Any, Any]]:
        """Return a function of weights that returns the clipped gradient, and (loss, norm), over a batch."""

        def measure(weights: Any) -> tuple[Any, Any]:
            loss, gradients = self.measure(batch, weights)
            norm = self.tools.dot(gradients, gradients) ** 0.5
            return self.tools.each(lambda g: (self.clip(g, norm),), gradients)[0], (loss, norm)

        return measure

    def located(self, error: GradwalkError, indices: Sequence[int] | None) -> GradwalkError:
        """Return an error of a batch of these rows with the number of the row of the data."""
        return error

    def unfit(self, objective: Objective, error: BaseException | None = None) -> UnfitOutput | None:
        """Return why the loss refuses an output of the model, with the weights of now; None if it does not.

        `objective` has the rows, and `error` is what stopped the training; it may say the row.
        """
        if isinstance(error, UnfitOutput):
            return error
        self.optimizer.put(self.answer(self.now))
        return objective.unfit(getattr(error, "row", None))

    def batch(self, indices: Sequence[int] | None, epoch: int) -> Any:
        """Return what `measure` takes for some rows of an epoch, which says their masks.

        `indices` are those of the rows; None is all.
        """
        return range(self.objective.count) if indices is None else indices, epoch

    def measure(self, batch: Any, weights: Any) -> tuple[Any, Any]:
        """Return the mean loss of a batch, and its gradient."""
        rows, epoch = batch
        self.optimizer.put(weights)
        self.optimizer.zero_grad()
        total = 0.0
        for i in rows:
            try:
                loss = self.objective.row_loss(i, self.masks.of_row(epoch, i))
                loss.backward()
            except GradwalkError as error:
                raise in_row(error, i) from None
            total += loss.data
        return total / len(rows), [parameter.grad / len(rows) for parameter in self.optimizer.parameters]

    def validate(self, validation: Objective, weights: Any) -> float:
        """Return the mean loss of the validation rows."""
        self.optimizer.put(weights)
        return validation.mean_loss()


class Arrays(Loop):
    """Descends with the recorded graph of one row, run on all rows of a batch at once: `backend="numpy"`."""

    tools = ARRAYS

    def prepare(self) -> None:
        self.program, self.columns = self.objective.record(self.optimizer.parameters, self.masks)
        self.held_out: Any = self.validation and self.validation.record(self.optimizer.parameters)

    def load(self, state: State) -> State:
        import numpy as np

        return State(np.array(state.weights), tuple(map(np.array, state.slots)), state.steps)

    def plain(self, state: State) -> State:
        return State(state.weights.tolist(), tuple(column.tolist() for column in state.slots), int(state.steps))

    def verify(self) -> None:
        self.objective.verify(self.program, self.columns, self.masks)

    def epoch(self, epoch: int, rate: float) -> dict[str, float]:
        from numpy import errstate

        with errstate(all="ignore"):  # numbers that are not finite raise Diverged
            return super().epoch(epoch, rate)

    def batch(self, indices: Sequence[int] | None, epoch: int) -> Any:
        columns = self.columns if indices is None else self.columns.take(indices, axis=1)
        if count := len(self.masks.shares):
            columns = columns.copy() if indices is None else columns
            columns[-count:] = self.masks.columns(epoch, range(self.objective.count) if indices is None else indices)
        return columns

    def measure(self, batch: Any, weights: Any) -> tuple[Any, Any]:
        loss, gradients = self.program.value_and_grad(batch.T, weights)
        return loss, gradients

    def located(self, error: GradwalkError, indices: Sequence[int] | None) -> GradwalkError:
        return error if indices is None or error.row is None else in_row(error, indices[error.row])

    def validate(self, validation: Objective, weights: Any) -> float:
        program, columns = self.held_out
        return float(program(columns.T, weights).mean())


class OnBackend(Arrays):
    """Descends as `Arrays` does, but computes the gradient on another registered backend."""

    def __init__(self, backend: str, *settings: Any) -> None:
        self.backend = backend
        super().__init__(*settings)

    def prepare(self) -> None:
        super().prepare()
        self.value_and_grad = self.program.on(self.backend)

    def measure(self, batch: Any, weights: Any) -> tuple[Any, Any]:
        loss, gradients = self.value_and_grad(weights, batch.T)
        return loss, gradients
