"""Run a training from its first epoch to its last, with history, metrics, callbacks, patience and checkpoint."""

from __future__ import annotations

import sys
from math import inf
from typing import TYPE_CHECKING, Any

from engine import described

from ..checks import NetworkError, plural
from ..history import History
from . import progress
from .identity import start_of
from .loops import Diverged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..optim.base import State
    from ..record import Recorder
    from .checkpoint import Checkpoint, Saved
    from .loops import Loop


class Patience:
    """The weights of the lowest loss so far: the validation loss if there is one, else the training loss."""

    best: float
    epoch: int
    weights: list[float]

    def __init__(self) -> None:
        self.best, self.epoch, self.weights = inf, 0, list[float]()

    def update(self, epoch: int, row: dict[str, float], weights: Callable[[], list[float]]) -> None:
        """Keep the weights of an epoch, counted from 1, if its loss is the lowest so far."""
        loss = row.get("validation", row["loss"])
        if loss < self.best:
            self.best, self.epoch, self.weights = loss, epoch, weights()


class Training:
    """Runs a loop for one epoch with each rate, and keeps the history, the model and the checkpoint up to date.

    Parameters
    ----------
    loop: what runs an epoch.
    rates: the learning rate of each epoch.
    metrics: functions without arguments, by name, that are called after each epoch; None for one that the loop
        measures itself.
    callbacks: called as callback(epoch, model, history) after each epoch.
    limit: how many epochs without a lower loss end the training; None is no limit.
    file: the checkpoint, or None.
    saved: what the checkpoint holds, to go on from; None to begin.
    recorder: what keeps the weights of epochs, or None.
    """

    loop: Loop
    rates: Sequence[float]
    metrics: Mapping[str, Callable[[], float] | None]
    callbacks: Sequence[Callable[..., Any]]
    limit: int | None
    file: Checkpoint | None
    recorder: Recorder | None
    patience: Patience

    def __init__(
        self,
        loop: Loop,
        rates: Sequence[float],
        metrics: Mapping[str, Callable[[], float] | None],
        callbacks: Sequence[Callable[[int, Any, History], Any]],
        limit: int | None,
        file: Checkpoint | None,
        saved: Saved | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.loop, self.rates, self.metrics, self.callbacks = loop, rates, metrics, callbacks
        self.limit, self.file, self.recorder = limit, file, recorder
        self.history, self.patience = History(), Patience()
        if saved:
            loop.state = loop.now = loop.load(saved.state)
            self.history = saved.history
            if saved.best:
                self.patience.best, self.patience.epoch, self.patience.weights = saved.best
        loop.begin(rates[self.history.epochs :])
        # The last complete state and epoch, in one assignment, so that Ctrl-C cannot come between the two.
        self.done: tuple[State, int] = loop.state, self.history.epochs
        if recorder:
            recorder.start(loop.objective, loop.validation, loop.optimizer.parameters, self.history.epochs)
            self.record()

    def run(self, bar: bool) -> History:
        """Train to the end, and return the history. Ctrl-C leaves the weights of the last complete step."""
        history, loop = self.history, self.loop
        try:
            self._run(bar)
        except KeyboardInterrupt:
            del history.rows[self.done[1] :]
            history.ended = f"interrupted in epoch {history.epochs + 1}"
            self.record(history.ended)
            self.set_model(loop.now)
        except BaseException as error:
            has_no_cause = isinstance(error, Diverged) and error.__cause__ is None  # a number was not finite
            unfit = loop.unfit(loop.objective) if has_no_cause else None
            self.set_model(self.done[0])
            why = "cut off"
            if isinstance(error, Diverged):
                error.history, why = history, "diverged"
            self.record(f"{why} after epoch {self.done[1]}")
            self.save(ended=True)
            if isinstance(error, Diverged) and unfit:
                raise error.because(unfit) from None
            raise
        else:
            self.record(history.ended)
            self.set_model(self.done[0])
            if self.patience.weights:
                loop.optimizer.put(self.patience.weights)
            loop.verify()
        self.save(ended=True)
        if bar and (sentence := progress.stood_still(history, loop.objective)):
            print(sentence, file=sys.stderr)
        return history

    def _run(self, bar: bool) -> None:
        history = self.history
        history.ended = self.ended()
        with progress.bar(bar, len(self.rates), history.epochs) as progress_bar:
            while not history.ended:
                self.advance()
                progress.show(progress_bar, history)
                if self.file and self.file.due():
                    self.save()

    def advance(self) -> None:
        """Train for one epoch, or for several if nothing is measured between them."""
        history, loop, first = self.history, self.loop, self.history.epochs
        functions = [function for function in self.metrics.values() if function]
        needs_model = bool(functions or self.callbacks)
        count = 1 if needs_model or self.limit else loop.pace
        if self.recorder:
            count = min(count, self.recorder.gap(first))
        rows = loop.epochs(first, self.rates[first : first + count])
        if needs_model:
            self.set_model(loop.state)
        for row in rows if self.metrics else ():
            for name, function in self.metrics.items():  # in this order, which a printed history has
                row[name] = _measured(name, function()) if function else row.pop(name)
        if self.limit:
            self.patience.update(first + 1, rows[0], lambda: loop.answer(loop.state))
        history.rows += rows
        self.done = loop.state, history.epochs
        self.record()
        history.ended = self.ended()
        for callback in self.callbacks:
            if callback(history.epochs, loop.objective.model, history) is True:
                history.ended = f"a callback ended it after epoch {history.epochs}"

    def save(self, ended: bool = False) -> None:
        """Write the last complete state to the checkpoint, if there is one.

        `ended` is whether the training has ended; then the file says what it leaves the model with, and the history
        says so if the file could not be written.
        """
        if not self.file:
            return
        loop, history = self.loop, self.history
        left = start_of(loop.objective.model, loop.optimizer) if ended else None
        self.file.write(loop.plain(self.done[0]), history, self.patience, left)
        if ended and self.file.problem:
            history.ended = f"{history.ended}; {self.file.problem}".removeprefix("; ")

    def record(self, why: str = "") -> None:
        """Give the recorder the state of the last complete epoch, and `why`, if the training has ended."""
        if self.recorder:
            state, epoch = self.done
            rate = self.history.rows[epoch - 1]["rate"] if epoch else None
            self.recorder.see(epoch, rate, lambda: self.loop.answer(state), why)

    def ended(self) -> str:
        """Return why the training has ended; "" if it has not."""
        if self.limit and self.history.epochs >= self.patience.epoch + self.limit:
            return f"no lower loss for {self.limit} epochs; back to epoch {self.patience.epoch}"
        return f"all {plural(len(self.rates), 'epoch')}" if self.history.epochs >= len(self.rates) else ""

    def set_model(self, state: State) -> None:
        """Set the model to the resulting weights of a state, and the optimizer to its slots and steps."""
        optimizer, plain = self.loop.optimizer, self.loop.plain(state)
        optimizer.put(self.loop.answer(state))
        optimizer.columns, optimizer.steps = plain.slots, plain.steps
        optimizer.zero_grad()


def _measured(name: str, result: Any) -> float:
    """Return the result of a metric as a float; raise NetworkError if it is not a number."""
    try:
        if not isinstance(result, (str, bytes)):
            return float(result)
    except (TypeError, ValueError, OverflowError):
        pass
    raise NetworkError(f"the metric {name} gave {described(result)}, not a number.")
