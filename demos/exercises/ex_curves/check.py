"""Check the cause of each run, whose numbers are always those of the drawing. What is right is not given away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from ..probe import Probe
from . import ask

# The right cause of each run, and what in its numbers shows it.
RUNS = {
    "A": ("too small", "w creeps: each step is 2 % of the way, always to the same side"),
    "B": ("uphill", "w goes away from 0 on its own side, faster and faster"),
    "C": ("good", "w nears 0 by more than half in each step, and the loss with it"),
    "D": ("not zeroed", "w swings past 0 and back, as if earlier steps still pushed, and does not settle"),
    "E": ("too large", "w lands on the other side of 0 in each step, farther out every time"),
    "F": ("cut off", "w does not move at all"),
}
CAUSES = [cause for cause, _ in RUNS.values()]


def probes(rng: Random) -> list[Probe]:
    return [probe(run, *RUNS[run]) for run in RUNS]


def probe(run: str, right: str, shows: str) -> Probe:
    name = f"cause of {run}"

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        cause = observed[name]
        if cause == right:
            return {name: shows}
        known = cause in CAUSES or not isinstance(cause, str)
        return {name: cause if known else f"{cause}, which is none of the six"}

    return Probe(
        f"the run {run}",
        partial(ask.causes, run=run),
        lambda: {name: shows},
        "the numbers of this run show it",
        read=read,
        tells=True,
        apart=True,
    )
