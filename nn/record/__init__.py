"""`Recorder`: what a network was at each moment of its training, kept by `fit` and shown as one offline page."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from engine import described, public

from ..checks import NetworkError, plural, size
from ..module import leaves
from ..objective import flat
from .measure import Meter, Snapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine import Value

    from ..objective import Objective

__all__ = ["Recorder", "Snapshot"]

MOST_MOMENTS = 100  # moments beside the start: of more, "auto" drops every second, and goes on in steps twice as long


class Kept(NamedTuple):
    """The weights at the end of an epoch, and the learning rate that led there; none led to the start."""

    epoch: int
    rate: float | None
    weights: array[float]


@public
class Recorder:
    """Keeps the weights as `fit(..., recorder=recorder)` goes; `save` makes a page of them to scrub through.

    `every` is how many epochs apart, or "auto": each epoch at first, and never more than 101 moments, evenly spread.
    The start and the last epoch are always kept, however the training ends. The training itself takes the same way,
    bit for bit.

    Everything else is measured from these weights, when it is first asked for: `snapshots` has, for each moment, the
    losses of all training rows and of all validation rows at its weights, and the gradient of the former there. So
    the loss of an epoch is the one at its end, while a history's is the mean over its batches, on the way.

    A second `fit` of the same model on the same rows goes on recording, and counts its epochs on. Raises NetworkError
    (a ValueError) if another training is recorded, and if there is nothing to show.

    >>> from nn import MLP, fit
    >>> recorder = Recorder(every=10)
    >>> history = fit(MLP(1, [1], rng=0), [[0], [1], [2]], [1, 3, 5], epochs=25, recorder=recorder)
    >>> recorder
    Recorder: MLP of 2 weights, 4 moments from epoch 0 to 25 (all 25 epochs)
    >>> [snapshot.epoch for snapshot in recorder.snapshots]
    [0, 10, 20, 25]
    """

    def __init__(self, every: int | str = "auto") -> None:
        if every != "auto" and isinstance(every, str):
            raise NetworkError(f"every is a number of epochs, 1 or more, or 'auto', not {described(every)}.")
        self.thin = every == "auto"
        self.step = 1 if self.thin else size(every, "every")
        self.kept: list[Kept] = []
        self.leaves: list[Value] = []
        self.objective: Objective
        self.ended = ""
        self._measured: dict[int, Snapshot] = {}  # by epoch

    # What fit calls

    def start(
        self, objective: Objective, validation: Objective | None, learning: Sequence[Value], epoch: int
    ) -> None:
        """Make ready for a training that has gone through so many epochs, and moves the weights `learning`."""
        found = list(leaves(objective.model, set()))
        if self.kept and not (found == self.leaves and _same(objective, self.objective)):
            raise NetworkError(
                "this recorder holds another training: of another model, or with other rows, targets or loss. "
                "Give this one a new Recorder()."
            )
        self.objective, self.validation, self.leaves = objective, validation, found
        self._measured.clear()
        self.base = array("d", [leaf.data for leaf in found])
        places = {leaf: place for place, leaf in enumerate(found)}
        self.places = [places[leaf] for leaf in learning]
        self.before = self.kept[-1].epoch - epoch if self.kept else 0  # epochs of trainings before this one

    def gap(self, epoch: int) -> int:
        """How many epochs after this one until the next that is kept."""
        return self.step - (self.before + epoch) % self.step

    def see(self, epoch: int, rate: float | None, weights: Callable[[], Sequence[float]], ended: str = "") -> None:
        """Keep the weights at the end of an epoch if it is one to be kept, or if the training has ended."""
        self.ended, epoch = ended, self.before + epoch
        if not (ended or epoch % self.step == 0 or not self.kept):
            return
        numbers = self.base[:]
        for place, weight in zip(self.places, weights()):
            numbers[place] = weight
        if self.kept and self.kept[-1].epoch == epoch:
            if self.kept[-1].weights == numbers:
                return
            rate = self.kept.pop().rate  # weights that were set by hand between two trainings
        self.kept.append(Kept(epoch, rate, numbers))
        while self.thin and len(self.kept) > MOST_MOMENTS + 1:
            self.step *= 2
            first, *rest = self.kept
            newest = self.kept[-1] if ended else None
            self.kept = [first, *(kept for kept in rest if kept.epoch % self.step == 0 or kept is newest)]

    # What a student calls

    @property
    def snapshots(self) -> list[Snapshot]:
        """What was kept, with all that is measured of it; empty before a training."""
        if not self.kept:
            return []
        if missing := [kept for kept in self.kept if kept.epoch not in self._measured]:
            meter = Meter(self.objective, self.validation, self.leaves)
            self._measured |= {kept.epoch: meter.snapshot(*kept) for kept in missing}
        return [self._measured[kept.epoch] for kept in self.kept]

    @public
    def save(
        self,
        path: str | os.PathLike[str],
        title: str = "",
        features: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
    ) -> Path:
        """Write the page: one file that needs no network. Returns its path.

        `features` names the inputs and `classes` the classes, as for `nn.plot.boundary`. Raises NetworkError before
        anything was recorded, and for another number of names.
        """
        from .page import page

        if not self.kept:
            raise NetworkError("nothing is recorded yet: fit(model, X, y, recorder=recorder), then save it.")
        return page(self, title, features, classes).save(path)

    def _repr_html_(self) -> str:
        """What a notebook shows, trusted or not: some moments as a table with pictures."""
        from .notebook import moments_as_html

        return moments_as_html(self) if self.kept else f"<p>{self!r}</p>"

    def __repr__(self) -> str:
        if not self.kept:
            return "Recorder: nothing recorded yet; fit(model, X, y, recorder=recorder) does"
        what = f"{type(self.objective.model).__name__} of {plural(len(self.leaves), 'weight')}"
        span = f"{plural(len(self.kept), 'moment')} from epoch {self.kept[0].epoch} to {self.kept[-1].epoch}"
        return f"Recorder: {what}, {span}{f' ({self.ended})' * bool(self.ended)}"


def _same(one: Objective, other: Objective) -> bool:
    """Whether two trainings are of one model, on the same rows and targets, with the same loss."""
    if (one.model, one.loss, one.targets, one.count) != (other.model, other.loss, other.targets, other.count):
        return False
    return all([*flat(one.row(i))] == [*flat(other.row(i))] for i in range(one.count))
