"""The progress bar: one on a terminal, none anywhere else."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..history import History


def bar(wanted: bool, epochs: int, done: int) -> Any:
    """tqdm's bar on stdout, to be used in `with`; nothing if it is not wanted, not seen or not installed."""
    if not wanted or not sys.stdout.isatty():
        return nullcontext()
    try:
        from tqdm import tqdm
    except ImportError:
        return nullcontext()
    return tqdm(total=epochs, initial=done, unit=" epochs", file=sys.stdout, dynamic_ncols=True)


def show(bar: Any, history: History) -> None:
    """Move the bar to where the history is."""
    if bar is not None:
        last = history.rows[-1]
        shown = [f"{name} {last[name]:.4g}" for name in ("loss", "validation") if name in last]
        bar.set_postfix_str(", ".join(shown), refresh=False)
        bar.update(history.epochs - bar.n)
