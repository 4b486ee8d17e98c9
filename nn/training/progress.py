"""Show how a training goes: a bar on a terminal or in a notebook, and a sentence if the loss stood still."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from engine import in_notebook

from ..findings import LEARNED, guessing
from ..losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..history import History
    from ..objective import Objective

STILL_EPOCHS = 20  # the least number of epochs in which a loss can stand still
TEXT_WIDTH = 80  # of a bar that has become text
LEAST_PROGRESS = 1e-3  # part of the loss: if it falls by less, it counts as not lower


def bar(enabled: bool, epochs: int, done: int) -> Any:
    """Return a context manager with a progress bar of tqdm's: on stdout, or as a widget below a notebook's cell.

    The context is empty if the bar is not enabled, stdout is neither a terminal nor a notebook's, or tqdm is not
    installed. A notebook without ipywidgets has the bar in text.
    """
    notebook = in_notebook()
    if not enabled or not (notebook or sys.stdout.isatty()):
        return nullcontext()
    try:
        if notebook and find_spec("ipywidgets"):
            from tqdm.auto import tqdm as automatic

            return _widget(automatic, epochs, done)
        from tqdm import tqdm
    except ImportError:
        return nullcontext()
    return tqdm(total=epochs, initial=done, unit=" epochs", file=sys.stdout, dynamic_ncols=True)


@contextmanager
def _widget(tqdm: Any, epochs: int, done: int) -> Iterator[Any]:
    """Show a bar as a widget, and at the end its last text in the widget's place.

    A widget is gone when the notebook is opened again, or is not trusted, and the first text, 0 %, would be left.
    """
    from IPython.display import display

    bar = tqdm(total=epochs, initial=done, unit=" epochs", dynamic_ncols=True, display=False)
    place = display(bar.container, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]
    try:
        yield bar
    finally:
        text = bar.format_meter(**{**bar.format_dict, "ncols": TEXT_WIDTH, "bar_format": None})
        bar.close()
        place.update({"text/plain": text}, raw=True)


def show(bar: Any, history: History) -> None:
    """Set the bar to the last epoch of the history, with its losses."""
    if bar is not None:
        last = history.rows[-1]
        numbers = [f"{name} {last[name]:.4g}" for name in ("loss", "validation") if name in last]
        bar.set_postfix_str(", ".join(numbers), refresh=False)
        bar.update(history.epochs - bar.n)


def stood_still(history: History, objective: Objective) -> str:
    """Return a sentence that names `diagnose` if the loss stood still far from 0; "" if it did not.

    It stood still if it was no lower in the second half of the epochs than in the first. It is far from 0 if it is
    not far below the loss of a model without inputs or, for a loss of the user's own, below that of the first epoch.
    """
    losses = history.losses
    half = len(losses) // 2
    if half < STILL_EPOCHS:
        return ""
    lowest = min(losses[:half])
    if lowest <= 0 or min(losses[half:]) < lowest * (1 - LEAST_PROGRESS):
        return ""
    named = objective.loss is LOSSES.get(objective.name)
    if lowest <= LEARNED * (guessing(objective) if named else losses[0]):
        return ""
    near = min(losses) * (1 + LEAST_PROGRESS)
    epoch = next(number for number, loss in enumerate(losses, 1) if loss <= near)
    name = repr(objective.name) if named else "loss"
    return (
        f"The loss has hardly fallen since epoch {epoch}, where it was {losses[epoch - 1]:.3g}. If it should be "
        f"lower, print(nn.diagnose(model, X, y, {name})) shows what may hold it up."
    )
