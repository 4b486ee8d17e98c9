"""Loops over the batches of an epoch: in Python, in NumPy, or on another backend."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, in_row

from ..checks import NetworkError, UnfitOutput
from ..data.batching import orders, places, seed_words, words_of
from ..optim.base import ARRAYS, FLOATS, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..history import History
    from ..masks import Masks
    from ..metrics import Hits
    from ..objective import Objective
    from ..optim import Optimizer

AT_ONCE = 1 << 18  # the most numbers of rows that are gathered together, unless a batch has more
MEASURED = ("the loss", "the norm of the gradient", "the norm of the weights", "the loss of the validation rows")


class Diverged(NetworkError):
    """Raised for a training in which a number became infinite or NaN.

    `history` holds the epochs before, and the model has the weights of the last of them.
    """

    epoch: int
    rate: float

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
    hits: counts the rows whose class is right, after each epoch, for the accuracy; None if that is not asked for.
    """

    objective: Objective
    validation: Objective | None
    optimizer: Optimizer
    clip: Callable[..., Any]
    batches: tuple[int | None, bool, int]
    devices: int
    dtype: str
    now: State

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
        hits: Hits | None = None,
    ) -> None:
        self.hits = hits
        self.objective, self.validation, self.optimizer, self.clip = objective, validation, optimizer, clip
        self.batches, self.devices, self.dtype = batches, devices, dtype
        self.whole: bool = batches[0] is None or batches[0] >= objective.count
        self.masks: Masks = objective.masks(batches[2])
        self.prepare()
        self.begun: Any = optimizer.steps  # by now
        self.state: State = self.load(optimizer.state)
        self.now = self.state

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

    def begin(self, rates: Sequence[float]) -> None:
        """Check what is to come: one epoch for each of these rates, from the state that there is."""

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
        """Run one epoch, and return its numbers: the loss, the gradient norm, the rate, the validation loss.

        The accuracy is another one, if `hits` counts it.
        """
        self.now = self.state
        try:
            total, norms, count = self.descend(epoch, rate)
            row = {"loss": float(total / self.objective.count), "norm": float(norms / count), "rate": rate}
            if self.validation:
                try:
                    row |= self.validate(self.validation, self.now)
                except GradwalkError as error:
                    unfit = self.unfit(self.validation, error)
                    raise Diverged(epoch, rate, f"validation: {error}".rstrip("."), unfit) from error
            elif self.hits:
                row["accuracy"] = self.count_hits(self.hits, self.now) / self.hits.count
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

    def descend(self, epoch: int, rate: float) -> tuple[float, float, int]:
        """Take the steps of an epoch from the state of now, each of which becomes that of now.

        Returns the sum of the rows' losses, the sum of the gradients' norms, and the number of steps.
        """
        total, norms, count = 0.0, 0.0, 0
        for indices in [range(self.objective.count)] if self.whole else self.orders(epoch):
            after, (loss, norm) = self.optimizer.advance(self.tools, self.gradient((indices, epoch)), self.now, rate)
            check(epoch, rate, loss, norm)
            self.now, count = after, count + 1
            total, norms = total + loss * len(indices), norms + norm
        return total, norms, count

    def gradient(self, batch: Any) -> Callable[[Any], tuple[Any, Any]]:
        """Return a function of weights that returns the clipped gradient, and (loss, norm), over a batch."""

        def measure(weights: Any) -> tuple[Any, Any]:
            loss, gradients = self.measure(batch, weights)
            norm = self.tools.dot(gradients, gradients) ** 0.5
            return self.tools.each(lambda g: (self.clip(g, norm),), gradients)[0], (loss, norm)

        return measure

    def unfit(self, objective: Objective, error: BaseException | None = None) -> UnfitOutput | None:
        """Return why the loss refuses an output of the model, with the weights of now; None if it does not.

        `objective` has the rows, and `error` is what stopped the training; it may say the row.
        """
        if isinstance(error, UnfitOutput):
            return error
        self.optimizer.put(self.answer(self.now))
        return objective.unfit(getattr(error, "row", None))

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

    def validate(self, validation: Objective, state: State) -> dict[str, float]:
        """Return the mean loss of the validation rows, and the accuracy if `hits` counts it."""
        self.optimizer.put(self.answer(state))
        row = {"validation": validation.mean_loss()}
        return row | ({"accuracy": self.hits.eager() / self.hits.count} if self.hits else {})

    def count_hits(self, hits: Hits, state: State) -> int:
        """Return how many training rows have the right class."""
        self.optimizer.put(self.answer(state))
        return hits.eager()


class Ahead(NamedTuple):
    """What a pass over all rows gave at some weights: the next step takes its gradient from it."""

    weights: Any
    loss: float
    slopes: Any
    hits: int


class Arrays(Loop):
    """Descends with the recorded graph of one row, run on all rows of a batch at once: `backend="numpy"`.

    The numbers of a state are in the order in which the source of the program has them.
    """

    program: Any

    tools = ARRAYS

    def prepare(self) -> None:
        import numpy as np

        self.program, columns = self.objective.record(self.optimizer.parameters, self.masks)
        self.columns = columns
        self.rows: Any = None if self.whole else np.ascontiguousarray(columns.T)
        self.held_out: Any = None
        if self.validation:
            self.held_out = self.validation.record(self.optimizer.parameters, with_outputs=self.hits is not None)
        count = self.objective.count
        self.prepare_steps(count if self.whole else min(self.batches[0] or count, count))

    def prepare_steps(self, rows: int) -> None:
        """Prepare steps over so many rows, and the pass that counts hits in the same step."""
        self.prepared: Any = self.program.prepared(rows)
        self.passes: Any = None  # the program that gives the loss, its gradient and the outputs
        self.ahead: Ahead | None = None
        self.outputs: Any = None  # the program for the outputs of the training rows
        if self.hits and not self.validation:
            self.outputs = self.objective.record_outputs(self.optimizer.parameters)
            if self.whole and not self.masks.shares:
                program, _ = self.objective.record(self.optimizer.parameters, with_outputs=True)
                self.passes = program.prepared(rows)

    def load(self, state: State) -> State:
        import numpy as np

        weights, *slots = (
            self.prepared.laid_out(np.array(column, float)) for column in (state.weights, *state.slots)
        )
        return State(weights, tuple(slots), state.steps)

    def plain(self, state: State) -> State:
        weights, *slots = (self.prepared.listed(column).tolist() for column in (state.weights, *state.slots))
        return State(weights, tuple(slots), int(state.steps))

    def verify(self) -> None:
        self.objective.verify(self.program, self.columns, self.masks)

    def epoch(self, epoch: int, rate: float) -> dict[str, float]:
        from numpy import errstate

        with errstate(all="ignore"):  # numbers that are not finite raise Diverged
            return super().epoch(epoch, rate)

    def descend(self, epoch: int, rate: float) -> tuple[float, float, int]:
        x: Any = None

        def gradient(weights: Any) -> tuple[Any, tuple[float, float]]:
            loss, slopes = self.measure(x, weights)
            norm = sqrt(tools.dot(slopes, slopes))
            return clip(slopes, norm), (loss, norm)

        advance, tools, clip = self.optimizer.advance, self.tools, self.clip
        total, norms, count = 0.0, 0.0, 0
        for x, indices in self.parts(epoch):
            try:
                after, (loss, norm) = advance(tools, gradient, self.now, rate)
            except GradwalkError as error:
                raise error if indices is None or error.row is None else in_row(error, indices[error.row]) from None
            if not isfinite(loss + norm):
                check(epoch, rate, loss, norm)
            self.now = after
            total += loss * x.shape[1]
            norms += norm
            count += 1
        return total, norms, count

    def parts(self, epoch: int) -> Iterator[tuple[Any, Any]]:
        """Yield the columns of each batch of an epoch, with the indices of its rows; None is all rows as they are."""

        masks = len(self.masks.shares)
        if self.whole:
            columns = self.columns
            if masks:
                columns = columns.copy()
                columns[-masks:] = self.masks.columns(epoch, range(self.objective.count))
            yield columns, None
            return
        size, order = self.batches[0] or 1, self.order(epoch)
        at_once = max(1, AT_ONCE // (size * self.rows.shape[1])) * size  # gathered together, and then cut
        for start in range(0, len(order), at_once):
            indices = order[start : start + at_once]
            rows = self.rows.take(indices, axis=0)
            if masks:
                rows[:, -masks:] = self.masks.columns(epoch, indices.tolist()).T
            for first in range(0, len(indices), size):
                yield rows[first : first + size].T, indices[first : first + size]

    def order(self, epoch: int) -> Any:
        """Return the indices of the rows in the order of an epoch, as an array: what `orders` gives."""
        import numpy as np

        _, shuffle, seed = self.batches
        indices = np.arange(self.objective.count, dtype=np.uint32)
        if not shuffle:
            return indices
        words: Any = tuple(map(np.uint32, words_of(seed_words(seed), epoch)))
        return places(indices, words, np.uint32).argsort()

    def measure(self, x: Any, weights: Any) -> tuple[float, Any]:
        """Return the mean loss of the columns of some rows, and its gradient."""
        if self.passes and self.pass_at(weights):
            return self.ahead.loss, self.ahead.slopes  # type: ignore[union-attr]
        loss, slopes = self.prepared.value_and_grad(weights, x)
        return loss, slopes

    def pass_at(self, weights: Any) -> bool:
        """Pass all rows forward and back at some weights, unless that was done; tell whether all numbers are finite.

        The next step takes the gradient from it. A training that goes on from a file passes here, too, so that both
        have the same bits.
        """
        if self.ahead is None or self.ahead.weights is not weights:
            order, there = self.prepared, self.passes
            passed = there.outputs_and_grad(there.from_order_of(order, weights), self.columns)
            self.ahead = None
            if passed and self.hits:
                outputs, slopes = passed
                loss = float(outputs[0].sum() / self.hits.count)
                self.ahead = Ahead(weights, loss, order.from_order_of(there, slopes), self.hits.of(outputs[1:]))
        return self.ahead is not None

    def validate(self, validation: Objective, state: State) -> dict[str, float]:
        program, columns = self.held_out
        outputs = program(columns.T, self.prepared.listed(self.optimizer.answer(state)))
        if not self.hits:
            return {"validation": float(outputs.mean())}
        outputs = outputs.T
        return {"validation": float(outputs[0].mean()), "accuracy": self.hits.of(outputs[1:]) / self.hits.count}

    def count_hits(self, hits: Hits, state: State) -> int:
        weights = self.optimizer.answer(state)
        if self.passes and weights is state.weights and self.pass_at(weights):
            return int(self.ahead.hits)  # type: ignore[union-attr]
        program, columns, _ = self.outputs
        return int(hits.of(program(columns.T, self.prepared.listed(weights)).T))


class OnBackend(Arrays):
    """Descends as `Arrays` does, but computes the gradient on another registered backend."""

    def __init__(self, backend: str, *settings: Any) -> None:
        self.backend = backend
        super().__init__(*settings)

    def prepare_steps(self, rows: int) -> None:
        super().prepare_steps(rows)
        self.passes = None
        self.value_and_grad: Any = self.program.on(self.backend)

    def measure(self, x: Any, weights: Any) -> tuple[float, Any]:
        loss, slopes = self.value_and_grad(self.prepared.listed(weights), x.T)
        return loss, self.prepared.laid_out(slopes)
