"""The seconds of a `fit`: of its steps alone, and of all that comes before and after them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def clocked(clock: Callable[[], float]) -> Iterator[list[float]]:
    """Append the seconds of what is inside of `with`."""
    seconds: list[float] = []
    since = clock()
    yield seconds
    seconds.append(clock() - since)


def laps_of_fit(clock: Callable[[], float], *arguments: Any, **options: Any) -> tuple[float, float]:
    """Call `fit`, and return the seconds of what comes before its steps, and of its steps."""
    from nn import fit
    from nn.training.run import Training

    run, steps = Training._run, list[float]()

    def timed(training: Training, bar: bool) -> None:
        with clocked(clock) as lap:
            run(training, bar)
        steps.extend(lap)

    Training._run = timed  # type: ignore[method-assign]
    try:
        with clocked(clock) as whole:
            fit(*arguments, **options)
    finally:
        Training._run = run  # type: ignore[method-assign]
    return whole[0] - steps[0], steps[0]
