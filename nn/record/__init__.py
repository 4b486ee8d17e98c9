"""`Recorder`: record the weights of a network while `fit` trains it, and save them as one offline page."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import FILM_SUFFIXES, Value, checked_path, described, public

from ..checks import NetworkError, plural, whole
from ..module import leaves
from ..objective import Objective, flat
from ..picture.sampling import call
from ..picture.values import single
from .measure import Meter, Snapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path


__all__ = ["Recorder", "Snapshot"]

MOST_MOMENTS = 100  # the most moments after the start; if there are more, "auto" drops every second one


REMEDY = "write fit(model, X, y, recorder=recorder)"


class Kept(NamedTuple):
    """The weights at the end of an epoch, and its learning rate. At the start, the rate is None."""

    epoch: int
    rate: float | None
    weights: array[float]


@public
class Recorder:
    """Keeps the weights of epochs while `fit(..., recorder=recorder)` trains; `save` writes a page that shows them.

    The start and the last epoch are always kept, however the training ends. The training computes the same numbers
    as without a recorder, bit for bit.

    `snapshots` has the losses of all training rows and of all validation rows at each kept moment, and the gradient
    of the training loss. They are computed from the weights when they are first read. So the loss of a snapshot is
    the one at the end of its epoch; that of a History is the mean over the batches, each before its step.

    If `fit` is called again for the same model and the same rows, recording continues, and so does the epoch count.

    Parameters
    ----------
    every: how many epochs lie between two kept moments. "auto" keeps every epoch at first, then every second, every
        fourth and so on: 101 moments at most, evenly spaced.

    Raises
    ------
    NetworkError (a ValueError) for another `every`, for another training than the first, and if nothing is recorded.

    >>> from nn import MLP, fit
    >>> recorder = Recorder(every=10)
    >>> history = fit(MLP(1, [1], rng=0), [[0], [1], [2]], [1, 3, 5], epochs=25, recorder=recorder)
    >>> recorder
    Recorder: MLP of 2 weights, 4 moments from epoch 0 to 25 (all 25 epochs)
    >>> [snapshot.epoch for snapshot in recorder.snapshots]
    [0, 10, 20, 25]
    """

    validation: Objective | None

    def __init__(self, every: int | str = "auto") -> None:
        self.thin: bool = isinstance(every, str) and every == "auto"
        step = 1 if self.thin else whole(every)
        if step is None or step < 1:
            raise NetworkError(f"every is a number of epochs, 1 or more, or 'auto', not {described(every)}.")
        self.step: int = step
        self.kept: list[Kept] = []
        self.leaves: list[Value] = []
        self.objective: Objective
        self.before: int = 0
        self.ended: str = ""
        self._measured: dict[int, Snapshot] = {}  # by epoch

    # What fit calls

    @public
    def start(
        self, objective: Objective, validation: Objective | None, parameters: Sequence[Value], epoch: int
    ) -> None:
        """Prepare to record a training. `fit` calls this.

        Parameters
        ----------
        objective: the model, its training rows and its loss.
        validation: the same with the validation rows, or None.
        parameters: the weights that the training updates.
        epoch: how many epochs are done, if the training continues from a checkpoint.
        """
        for thing in [objective] if validation is None else [objective, validation]:
            if not isinstance(thing, Objective):
                raise NetworkError(
                    f"a recorder is started with the objectives of fit, not {described(thing)}: {REMEDY}."
                )
        all_leaves = list(leaves(objective.model, set()))
        places = {leaf: place for place, leaf in enumerate(all_leaves)}
        moved: list[Any] = list(parameters) if isinstance(parameters, (list, tuple)) else [None]
        if not all(isinstance(leaf, Value) and leaf in places for leaf in moved):
            raise NetworkError(f"the parameters of a training are a list of leaves of its model: {REMEDY}.")
        epoch = _epoch(epoch)
        if self.kept and not (all_leaves == self.leaves and _same(objective, self.objective)):
            raise NetworkError(
                "this recorder holds another training: of another model, or with other rows, targets or loss. "
                "Make a new Recorder() for this training."
            )
        self.objective, self.validation, self.leaves = objective, validation, all_leaves
        self._measured.clear()
        self.base: array[float] = array("d", [leaf.data for leaf in all_leaves])
        self.places: list[int] = [places[leaf] for leaf in moved]
        self.before = self.kept[-1].epoch - epoch if self.kept else 0  # epochs of trainings before this one

    @public
    def gap(self, epoch: int) -> int:
        """Return in how many epochs the next one is kept. `fit` calls this."""
        return self.step - (self.before + _epoch(epoch)) % self.step

    @public
    def see(self, epoch: int, rate: float | None, weights: Callable[[], Sequence[float]], ended: str = "") -> None:
        """Keep the weights at the end of an epoch if that is due, or if the training has ended. `fit` calls this.

        Parameters
        ----------
        epoch: how many epochs of this training are done.
        rate: the learning rate of the last of them; None before the first.
        weights: called without arguments; returns the numbers of the weights that the training updates.
        ended: why the training has ended; empty if it has not.
        """
        if not hasattr(self, "base"):
            raise NetworkError(f"this recorder has not been started: {REMEDY}.")
        if not isinstance(ended, str):
            raise NetworkError(f"ended is a text, empty if the training goes on, not {described(ended)}.")
        rate = None if rate is None else single(rate, "rate")
        epoch = self.before + _epoch(epoch)
        self.ended = ended
        if not (ended or epoch % self.step == 0 or not self.kept):
            return
        numbers, moved = self.base[:], call(weights)
        if not hasattr(moved, "__len__") or len(moved) != len(self.places):
            count = plural(len(self.places), "number")
            raise NetworkError(f"weights returns {described(moved)}, and the training updates {count}: {REMEDY}.")
        for place, weight in zip(self.places, moved):
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
        """A Snapshot for each kept moment; empty before a training."""
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
        """Write the page, one HTML file that needs no network; or a film for slides, a .gif or an .mp4.

        A film needs matplotlib, and an .mp4 also ffmpeg.

        Parameters
        ----------
        path: the file, with the ending .html, .gif or .mp4.
        title: the title of the page; "" is "Training: " and the class of the model.
        features: the names of the inputs; None is x1, x2 and so on.
        classes: the names of the classes; None is "class 0", "class 1" and so on.

        Returns
        -------
        The path.

        Raises
        ------
        NetworkError if nothing is recorded, and if there are not as many names as inputs or classes; MissingExtra for
        a film without matplotlib.
        """
        from .film import film
        from .page import page

        if not self.kept:
            raise NetworkError("nothing is recorded yet: fit(model, X, y, recorder=recorder), then save it.")
        if not isinstance(title, str):
            raise NetworkError(f"title is a text, such as 'Two moons', not {described(title)}.")
        if str(path).lower().endswith(FILM_SUFFIXES):
            target = checked_path(path, FILM_SUFFIXES, "training", NetworkError)
            name = title or f"Training: {type(self.objective.model).__name__}"
            return film(self, target, name, features, classes)
        return page(self, title, features, classes).save(path)

    def _repr_html_(self) -> str:
        """Return the HTML that a notebook shows, trusted or not: a table of some moments with pictures."""
        from .notebook import moments_as_html

        return moments_as_html(self) if self.kept else f"<p>{self!r}</p>"

    def __repr__(self) -> str:
        if not self.kept:
            return "Recorder: nothing recorded yet; fit(model, X, y, recorder=recorder) records"
        model = f"{type(self.objective.model).__name__} of {plural(len(self.leaves), 'weight')}"
        span = f"{plural(len(self.kept), 'moment')} from epoch {self.kept[0].epoch} to {self.kept[-1].epoch}"
        ended = f" ({self.ended})" if self.ended else ""
        return f"Recorder: {model}, {span}{ended}"


def _epoch(epoch: int) -> int:
    """Return a number of epochs as an int; raise NetworkError unless it is 0 or more."""
    count = whole(epoch)
    if count is None or count < 0:
        raise NetworkError(f"epoch is how many epochs are done, 0 or more, not {described(epoch)}.")
    return count


def _same(one: Objective, other: Objective) -> bool:
    """Tell whether two trainings have the same model, rows, targets and loss."""
    if (one.model, one.loss, one.targets, one.count) != (other.model, other.loss, other.targets, other.count):
        return False
    return all([*flat(one.row(i))] == [*flat(other.row(i))] for i in range(one.count))
