"""Keep Python's garbage collector from searching a graph while it is being recorded, compiled or folded.

A graph has no cycles: reference counting frees it. But each new node may start the collector, which then looks at all
nodes that there are: of a million nodes that takes four times as long as to record them. So do the lists of which the
code of a program is made.
"""

from __future__ import annotations

import gc
from threading import Lock


class Paused:
    """A block in which the collector does not run. Blocks may nest, and overlap in several threads.

    The switch is the process's, so the collector does not run in other threads either: it is switched on again, if it
    was on, when the last block of all threads ends.

    >>> with Paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """

    _lock, _open, _was_on = Lock(), 0, False

    def __enter__(self) -> None:
        with Paused._lock:
            if not Paused._open:
                Paused._was_on = gc.isenabled()
                gc.disable()
            Paused._open += 1

    def __exit__(self, *_: object) -> None:
        with Paused._lock:
            Paused._open -= 1
            if not Paused._open and Paused._was_on:
                gc.enable()
