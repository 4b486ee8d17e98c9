"""The progress bar, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..history import History


def bar(enabled: bool, epochs: int, done: int) -> Any:
    """Return tqdm's bar on stdout, for `with`; an empty context if it is not enabled, not seen or not installed."""
    if not enabled or not sys.stdout.isatty():
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
        numbers = [f"{name} {last[name]:.4g}" for name in ("loss", "validation") if name in last]
        bar.set_postfix_str(", ".join(numbers), refresh=False)
        bar.update(history.epochs - bar.n)
