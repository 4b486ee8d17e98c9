"""Save a training to a file as it goes, so that an interrupted training continues where it was, bit for bit."""

from __future__ import annotations

from array import array
from collections import Counter
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..checks import NetworkError, plural
from ..files import read, write
from ..history import History
from ..objective import flat
from ..optim.base import State

if TYPE_CHECKING:
    from ..objective import Objective
    from ..optim import Optimizer
    from .run import Patience

WRITING_TIME = 0.1  # the part of the time that writing may take


class Checkpoint:
    """The file of one training, which its `settings` identify. Reading the file of another raises NetworkError."""

    def __init__(self, path: Any, settings: dict[str, str]) -> None:
        self.path, self.settings = Path(path), settings
        if not self.path.parent.is_dir():
            raise NetworkError(
                f"checkpoint: there is no folder {str(self.path.parent)!r} to write {self.path.name!r} to."
            )
        self._last, self._cost = 0.0, 0.0

    def read(self, patience: Patience) -> tuple[State, History] | None:
        """Return the saved state and history, and restore `patience`; return None if there is no file."""
        if not self.path.exists():
            return None
        document = read(self.path, "training")
        try:
            for name, setting in self.settings.items():
                if document["settings"][name] != setting:
                    raise NetworkError(
                        f"{self.path} is of another training: its {name} is {document['settings'][name]}, and here "
                        f"it is {setting}. Give this training another file, or remove that one."
                    )
            columns = document["history"]
            rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
            state = State(document["weights"], tuple(document["slots"]), document["steps"])
            patience.__dict__.update(document["patience"])
            ended = document["ended"]
        except (KeyError, TypeError, AttributeError):
            raise self._broken() from None
        try:
            return state, History(rows, ended)
        except NetworkError:
            raise self._broken() from None

    def _broken(self) -> NetworkError:
        return NetworkError(f"{self.path} is broken: remove it, and the training starts anew.")

    def due(self) -> bool:
        """Tell whether to write again: writing may take a tenth of the time."""
        return perf_counter() - self._last >= self._cost / WRITING_TIME

    def write(self, state: State, history: History, patience: Patience) -> None:
        """Write the state, the history and the patience."""
        started = perf_counter()
        columns = {name: history.column(name) for name in (history.rows[0] if history.rows else ())}
        content = {"settings": self.settings, "ended": history.ended, "history": columns, "patience": vars(patience)}
        content |= {"steps": state.steps, "weights": state.weights, "slots": list(state.slots)}
        write(self.path, "training", content)
        self._last = perf_counter()
        self._cost = self._last - started


def settings_of(
    objective: Objective, validation: Objective | None, optimizer: Optimizer, options: dict[str, Any]
) -> dict[str, str]:
    """Return the settings that identify a training, as text by name: the model's size, the data, `fit`'s options."""
    settings = {"model": f"{type(objective.model).__name__} of {len(objective.model.parameters())} parameters"}
    shares = Counter(objective.masks(seed=0).shares)
    dropout = [f"p={p:g} for {plural(count, 'number')}" for p, count in shares.items()]
    settings["dropout"] = ", ".join(dropout) or "none"
    settings |= {"loss": objective.name, "optimizer": repr(optimizer)}
    settings |= {"data": _digest(objective), "validation": _digest(validation) if validation else "none"}
    return settings | {name: repr(value) for name, value in options.items()}


def _digest(objective: Objective) -> str:
    """Return a hash of the rows and targets, as 16 characters."""
    digest = sha256(repr(objective.targets).encode())
    for i in range(objective.count):
        digest.update(array("d", flat(objective.row(i))).tobytes())
    return digest.hexdigest()[:16]
