"""What the benchmarks of arrays share: one thread for everyone, and contenders that run in turn, in rounds.

Import it before NumPy, PyTorch and JAX: they read how many threads they may use when they are imported.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[], tuple[Any, Any]]  # gives the loss and all gradients, one long array

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # the checkout of this file, installed or not

os.environ.update({f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):  # one core, so that no library can take a second one
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

SECONDS = 0.1  # that a contender works in a round, or for one step if that takes longer
BUDGET = 10.0  # seconds of a contender in all rounds: one that takes longer sits some rounds out


def agree(contenders: dict[str, Work], tolerance: float = 1e-9) -> None:
    """The same loss and the same gradients as the first contender's, or no race."""
    import numpy as np

    (first, work), *others = contenders.items()
    loss, slopes = work()
    for name, other in others:
        theirs, gradients = other()
        apart = max(
            abs(float(theirs) / loss - 1), np.abs(np.asarray(gradients) - slopes).max() / np.abs(slopes).max()
        )
        if not apart < tolerance:
            raise SystemExit(f"{name} and {first} disagree: they are {apart:.0e} apart.")


def race(contenders: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Seconds a step of each contender in each round; every round begins with another one."""
    counts, laps = {}, {}
    for name, work in contenders.items():
        seconds = min(seconds_of(work, 1) for _ in range(2))
        counts[name] = max(1, int(SECONDS / seconds))
        laps[name] = max(3, min(rounds, int(BUDGET / (seconds * counts[name]))))
    gc.collect()
    gc.freeze()  # what imports left behind is no contender's garbage
    times: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for lap in range(rounds):
        turn = lap % len(names)
        for name in names[turn:] + names[:turn]:
            if lap < laps[name]:
                gc.collect()
                times[name].append(seconds_of(contenders[name], counts[name]) / counts[name])
    return times


def seconds_of(work: Callable[[], Any], times: int) -> float:
    since = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - since


def ratio(ours: list[float], theirs: list[float]) -> float:
    """How many times their step ours takes: the median over the rounds that both ran."""
    return median(our / their for our, their in zip(ours, theirs))


def versions(*packages: str) -> str:
    """What ran here, in one line."""
    found = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            print(f"left out: pip install {package}")
    return ", ".join(found)


class Goals:
    """Collects what was missed, so that the exit code can tell."""

    def __init__(self) -> None:
        self.missed = 0

    def __call__(self, number: float, goal: float | None, at_least: bool = False) -> str:
        """A goal beside its number: met or missed; nothing without a goal."""
        if goal is None:
            return ""
        met = number >= goal if at_least else number <= goal
        self.missed += not met
        return f"{'at least' if at_least else 'at most'} {goal:g}{'' if met else ': MISSED'}"
