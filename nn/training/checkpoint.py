"""Save a training to a file as it goes, so that an interrupted training continues where it was, bit for bit."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..checks import NetworkError, plural
from ..files import Unwritable, as_json, damaged, excerpt, from_json, is_count, is_number, read, write
from ..history import COLUMNS, History
from ..optim.base import State
from .identity import Start, sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .run import Patience

WRITING_TIME = 0.1  # the part of the time that writing may take
ENTRIES = (
    "settings", "computation", "start", "left", "begun", "rates", "ended", "history", "patience", "steps", "weights",
    "slots",
)  # fmt: skip


class Plan(NamedTuple):
    """What a training is, as its file must say it.

    - `settings`: what identifies it, as texts by name; `computation`: gives what model and loss compute.
    - `start`: the weights and the optimizer's state that it begins with; `begun`: the steps that the optimizer has
      taken by then.
    - `rates`: the learning rate of each epoch; `steps`: how many steps an epoch has.
    - `weights`, `slots`: how many weights the optimizer moves, and how many numbers it stores for each.
    - `columns`: the names of what is measured in each epoch.
    - `limit`: the patience, or None.
    """

    settings: dict[str, str]
    computation: Callable[[], str]
    start: Start
    begun: int
    rates: Sequence[float]
    steps: int
    weights: int
    slots: int
    columns: tuple[str, ...]
    limit: int | None


class Saved(NamedTuple):
    """What a file holds: the state and the history of a training, and the best epoch with its loss and weights."""

    state: State
    history: History
    best: tuple[float, int, list[float]] | None


class NotSaved(UserWarning):
    """Shown when a checkpoint cannot be written; the training goes on."""


class Checkpoint:
    """The file of one training, which its plan identifies. Reading the file of another raises NetworkError.

    `problem` says why the latest write failed; it is empty if that did not fail.
    """

    path: Path
    plan: Plan

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path, self.plan, self.problem = path, plan, ""
        self._target = Path(os.path.abspath(path))  # a callback may change the current folder
        self._last, self._cost, self._is_reported = 0.0, 0.0, False
        self._start, self._computation = plan.start, ""

    def read(self) -> Saved | None:
        """Return what the file holds; None if there is no file. Nothing is changed.

        Raises NetworkError for a file of another training, and for one that is damaged.
        """
        if not os.path.lexists(self.path):
            return None
        document, plan = read(self.path, "training", ENTRIES), self.plan
        self._compare_settings(document["settings"])
        begun, left = self._read_start(document["start"], "start"), self._read_start(document["left"], "left")
        self._compare_start(begun, left)
        computation = document["computation"]
        if not isinstance(computation, str):
            raise self._damaged("computation is not text")
        if plan.start.weights == begun.weights:  # the graph of other weights may be another
            self._compare("computation", computation, plan.computation())
        self._start, self._computation = begun, computation
        history = self._read_history(document["history"], document["ended"])
        self._compare_rates(document["rates"], history)
        state = self._read_state(document, history)
        return Saved(state, history, self._read_best(document["patience"], history))

    def due(self) -> bool:
        """Tell whether to write again: writing may take a tenth of the time."""
        return perf_counter() - self._last >= self._cost / WRITING_TIME

    def write(self, state: State, history: History, patience: Patience, left: Start | None = None) -> None:
        """Write a state, the history and the patience; `left` is what the model is left with at the end.

        If that fails, `problem` says why, and the first time a warning does, too.
        """
        started, plan = perf_counter(), self.plan
        self._computation = self._computation or plan.computation()
        columns = {
            name: [as_json(number) for number in history.column(name)]
            for name in (plan.columns if history.rows else ())
        }
        content: dict[str, Any] = {"settings": plan.settings, "computation": self._computation}
        content |= {"start": self._start._asdict(), "left": left and left._asdict(), "begun": plan.begun}
        content |= {"rates": sampled(plan.rates), "ended": history.ended}
        content |= {"history": columns}
        content["patience"] = [as_json(patience.best), patience.epoch, patience.weights] if plan.limit else None
        content |= {"steps": state.steps, "weights": state.weights}
        content["slots"] = [[as_json(number) for number in column] for column in state.slots]
        try:
            write(self._target, "training", content)
            self.problem = ""
        except Unwritable as error:
            self.problem = str(error).rstrip(".")
        self._last = perf_counter()
        self._cost = self._last - started
        if self.problem and not self._is_reported:
            self._is_reported = True
            _warn(f"{self.problem}. The training goes on, and the next checkpoint tries again.")

    # What the file says, checked

    def _compare_settings(self, settings: Any) -> None:
        own = self.plan.settings
        is_text = isinstance(settings, dict) and all(isinstance(text, str) for text in settings.values())
        if not is_text or settings.keys() != own.keys():
            raise self._damaged("settings are not texts with the names that they have")
        for name, setting in own.items():
            self._compare(name, settings[name], setting)

    def _compare(self, name: str, was: str, here: str) -> None:
        if was != here:
            raise NetworkError(
                f"{self.path} is of another training: its {name} is {excerpt(was)}, and here it is {here}: give this "
                "training another file, or remove that one."
            )

    def _read_start(self, content: Any, name: str) -> Start:
        if name == "left" and content is None:
            return Start("", "")
        texts = list(content.values()) if isinstance(content, dict) else []
        if not texts or [*content] != [*Start._fields] or not all(isinstance(text, str) for text in texts):
            raise self._damaged(f"{name} does not say which weights and which state of the optimizer it means")
        return Start(*texts)

    def _compare_start(self, begun: Start, left: Start) -> None:
        """Raise NetworkError unless the model is as it was at the start, or as the latest call of fit left it."""
        here = self.plan.start
        if here.weights not in (begun.weights, left.weights):
            self._compare("start", begun.weights, here.weights)
        if here.optimizer not in (begun.optimizer, left.optimizer):
            self._compare("optimizer's start", begun.optimizer, here.optimizer)

    def _read_history(self, columns: Any, ended: Any) -> History:
        names = self.plan.columns
        if not isinstance(columns, dict) or not all(isinstance(column, list) for column in columns.values()):
            raise self._damaged("history is not lists of numbers by name")
        if columns and sorted(columns) != sorted(names):
            raise self._damaged(f"history is not of {', '.join(names)}")
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise self._damaged("history has columns of several lengths")
        numbers: dict[str, list[float]] = {}
        for name in names if columns else ():
            read_column = [from_json(number) for number in columns[name]]
            if None in read_column or (name in COLUMNS and not all(map(is_number, columns[name]))):
                raise self._damaged(f"history has an entry of {excerpt(name)} that is not a number")
            numbers[name] = [number for number in read_column if number is not None]
        if not isinstance(ended, str):
            raise self._damaged("ended is not text")
        rows = [dict(zip(numbers, row)) for row in zip(*numbers.values())]
        if len(rows) > len(self.plan.rates):
            raise NetworkError(
                f"{self.path} has {plural(len(rows), 'epoch')}, and here the training has epochs="
                f"{len(self.plan.rates)}: give epochs={len(rows)} or more, or give this training another file."
            )
        return History(rows, ended)

    def _compare_rates(self, samples: Any, history: History) -> None:
        """Raise NetworkError if the schedule is another one, as that of another number of epochs may be."""
        pairs = [pair for pair in samples if isinstance(pair, list)] if isinstance(samples, list) else []
        if not pairs or not all(len(pair) == 2 and is_count(pair[0]) and is_number(pair[1]) for pair in pairs):
            raise self._damaged("rates are not pairs of an epoch and a rate")
        for epoch, rate in [*pairs, *enumerate(history.rates)]:
            if epoch < len(self.plan.rates) and rate != self.plan.rates[epoch]:
                here = f"{self.plan.rates[epoch]!r}, by the schedule or the number of epochs"
                self._compare(f"rate in epoch {epoch + 1}", repr(float(rate)), here)

    def _read_state(self, document: dict[str, Any], history: History) -> State:
        plan, steps, weights, slots = self.plan, document["steps"], document["weights"], document["slots"]
        if not is_count(document["begun"]) or not is_count(steps):
            raise self._damaged("steps are not whole numbers, 0 or more")
        if steps != document["begun"] + history.epochs * plan.steps:
            raise self._damaged(f"steps are not those of {plural(history.epochs, 'epoch')} of {plan.steps}")
        if not isinstance(weights, list) or len(weights) != plan.weights or not all(map(is_number, weights)):
            raise self._damaged(f"weights are not {plural(plan.weights, 'number')}")
        columns = slots if isinstance(slots, list) else [None]
        read_columns = [self._read_slot(column) for column in columns]
        if len(read_columns) != plan.slots:
            raise self._damaged(f"slots are not {plural(plan.slots, 'list')} of numbers")
        return State([float(number) for number in weights], tuple(read_columns), steps)

    def _read_slot(self, column: Any) -> list[float]:
        entries = column if isinstance(column, list) else []
        numbers = [number for number in map(from_json, entries) if number is not None]
        if len(numbers) != self.plan.weights or len(entries) != len(numbers):
            raise self._damaged(f"slots are not lists of {plural(self.plan.weights, 'number')}")
        return numbers

    def _read_best(self, content: Any, history: History) -> tuple[float, int, list[float]] | None:
        """Return the lowest loss, its epoch counted from 1, and the weights of then."""
        if not self.plan.limit:
            if content is not None:
                raise self._damaged("patience is not null, as without patience")
            return None
        if not isinstance(content, list) or len(content) != 3:
            raise self._damaged("patience is not a loss, an epoch and weights")
        loss, epoch, weights = from_json(content[0]), content[1], content[2]
        losses = history.validation or history.losses
        if losses:
            count, lowest = self.plan.weights, min(losses)
            first = losses.index(lowest) + 1
        else:
            count, lowest, first = 0, float("inf"), 0
        if loss != lowest or type(epoch) is not int or epoch != first:
            raise self._damaged("patience is not of the epoch with the lowest loss")
        if not isinstance(weights, list) or len(weights) != count or not all(map(is_number, weights)):
            raise self._damaged(f"patience has not {plural(count, 'weight')}")
        return lowest, first, [float(number) for number in weights]

    def _damaged(self, what: str) -> NetworkError:
        return damaged(self.path, "training", f"its {what}")


def _warn(sentence: str) -> None:
    """Warn; where warnings are errors, print it, because the training goes on."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in ("engine", "nn"):
        level, frame = level + 1, frame.f_back
    try:
        warnings.warn(sentence, NotSaved, stacklevel=level)  # at the line that calls fit
    except NotSaved:
        print(sentence, file=sys.stderr)
