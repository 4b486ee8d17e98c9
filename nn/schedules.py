"""Learning-rate schedules: functions of the epoch, counted from 0, that return a factor of the learning rate.

Each function here returns a schedule: `fit(..., schedule=cosine(100))`, or `optimizer.lr = 0.1 * schedule(epoch)`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, inf, pi
from typing import Any

from engine import described, public

from .checks import NetworkError, choose, size, within

__all__ = ["constant", "cosine", "linear", "step"]

Schedule = Callable[[int], float]


@public
def constant() -> Schedule:
    """Return the schedule whose factor is 1 in every epoch.

    >>> constant()(7)
    1.0
    """
    return _schedule(lambda epoch: 1.0)


@public
def step(every: int, gamma: float = 0.1) -> Schedule:
    """Return the schedule that multiplies the rate by `gamma` after each `every` epochs.

    Raises NetworkError (a ValueError) if `every` is not a whole number from 1 on, and for a negative `gamma`.

    >>> schedule = step(10, gamma=0.5)
    >>> schedule(9), schedule(10), schedule(25)
    (1.0, 0.5, 0.25)
    """
    every, gamma = size(every, "every"), _factor(gamma, "gamma")
    return _schedule(lambda epoch: gamma ** (epoch // every))


@public
def cosine(epochs: int, end: float = 0.0) -> Schedule:
    """Return the schedule that falls from 1 to `end` over `epochs` epochs, along half a cosine, and then stays.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.

    Raises NetworkError (a ValueError) if `epochs` is not a whole number from 1 on, and for a negative `end`.

    >>> schedule = cosine(10)
    >>> schedule(0), round(schedule(5), 6), schedule(10)
    (1.0, 0.5, 0.0)
    """
    epochs, end = size(epochs, "epochs"), _factor(end, "end")
    return _schedule(lambda epoch: end + (1 - end) * (1 + cos(pi * min(epoch / epochs, 1.0))) / 2)


@public
def linear(epochs: int, start: float = 1.0, end: float = 0.0) -> Schedule:
    """Return the schedule that goes from `start` to `end` in `epochs` equal steps, and then stays.

    Raises NetworkError (a ValueError) if `epochs` is not a whole number from 1 on, and for a negative `start` or
    `end`.

    >>> schedule = linear(4)
    >>> [schedule(epoch) for epoch in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    epochs, start, end = size(epochs, "epochs"), _factor(start, "start"), _factor(end, "end")
    return _schedule(lambda epoch: start + (end - start) * min(epoch / epochs, 1.0))


def _schedule(factor_of: Schedule) -> Schedule:
    """Return a schedule that checks its argument, because users call it, too."""

    @public
    def schedule(epoch: int) -> float:
        """Return the factor of the learning rate in an epoch, counted from 0."""
        return factor_of(size(epoch, "an epoch", least=0))

    return schedule


# By name: functions of the number of epochs that return a schedule.
SCHEDULES: dict[str, Callable[[int], Schedule]] = {
    "constant": lambda epochs: constant(),
    "step": lambda epochs: step(max(epochs // 3, 1)),
    "cosine": cosine,
    "linear": linear,
}


def schedule_for(schedule: Any, epochs: int) -> Schedule:
    """Return a schedule for a training of `epochs` epochs, by its name or as a function; None is `constant()`.

    Raises NetworkError for an unknown name. The schedule raises it for a factor that is negative or not a number.
    """
    if not callable(schedule):
        schedule = choose(SCHEDULES, "constant" if schedule is None else schedule, "schedule")(epochs)
    return lambda epoch: _factor(schedule(epoch), f"the schedule's factor of the rate in epoch {epoch}")


def _factor(number: Any, what: str) -> float:
    if not within(number, 0, inf):
        raise NetworkError(f"{what} must be a number, 0 or more, such as 0.1, not {described(number)}.")
    return float(number)
