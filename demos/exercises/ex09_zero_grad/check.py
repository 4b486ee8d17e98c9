"""Check one, two and three steps on a loss of two parameters, then steps after an earlier call of backward()."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..probe import Probe, beyond, nudge
from . import ask


def probes(rng: Random) -> list[Probe]:
    near = [*(probe(rng, steps) for steps in (1, 2, 3)), probe(rng, 1, stale=True), probe(rng, 2, stale=True)]
    return [*near, *beyond(probe(rng, 12, far=True), probe(rng, 4, stale=True, far=True))]


def probe(rng: Random, steps: int, stale: bool = False, far: bool = False) -> Probe:
    start = drawn(rng, 0.5, 1.5), drawn(rng, 0.5, 1.5, sign=True)
    if far:
        start = anywhere(rng, 40.0), anywhere(rng, 0.02)
    x, d, c, rate = drawn(rng, 1, 2), drawn(rng, 2, 3), drawn(rng, 0.5, 1), drawn(rng, 0.05, 0.1)
    names = [f"{name} after {steps} step{'s'[: steps > 1]}" for name in "wb"]

    def loss(w: Any, b: Any) -> Any:
        return ask.loss(w, b, x, d, c)

    def graph() -> Value:
        """Return the loss before the last step, when nothing has cleared w.grad and b.grad."""
        w, b = Value(start[0], "w"), Value(start[1], "b")
        if stale:
            loss(w, b).backward()
        for _ in range(steps - 1):
            loss(w, b).backward()
            for leaf in w, b:
                leaf.data -= rate * leaf.grad
        return called("loss", loss(w, b))

    def expect() -> Mapping[str, float]:
        point = list(start)
        for _ in range(steps):
            point = [at - rate * slope for at, slope in zip(point, nudge(loss, *point))]
        return dict(zip(names, point))

    return Probe(
        f"train([w, b], loss, rate={rate}, steps={steps}) from w = {start[0]}, b = {start[1]}"
        f", where the loss is e*e*{c} + w*w, and e is w*{x} + b + {d}"
        + (", after a loss().backward() that was not yours" if stale else ""),
        partial(ask.steps, start=start, x=x, d=d, c=c, rate=rate, steps=steps, stale=stale),
        expect,
        "steps against the gradient, which numeric nudges find anew at each place",
        graph,
    )
