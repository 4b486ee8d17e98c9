"""Show a progress bar on a terminal."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..history import History


def bar(enabled: bool, epochs: int, done: int) -> Any:
    """Return a context manager with a progress bar of tqdm's on stdout.

    The context is empty if the bar is not enabled, stdout is not a terminal, or tqdm is not installed.
    """
    if not enabled or not sys.stdout.isatty():
        return nullcontext()
    try:
        from tqdm import tqdm
    except ImportError:
        return nullcontext()
    return tqdm(total=epochs, initial=done, unit=" epochs", file=sys.stdout, dynamic_ncols=True)


def show(bar: Any, history: History) -> None:
    """Set the bar to the last epoch of the history, with its losses."""
    if bar is not None:
        last = history.rows[-1]
        numbers = [f"{name} {last[name]:.4g}" for name in ("loss", "validation") if name in last]
        bar.set_postfix_str(", ".join(numbers), refresh=False)
        bar.update(history.epochs - bar.n)
