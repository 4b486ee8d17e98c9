"""One, two and three steps on a loss of two parameters; then a step after a backward() that was not the answer's."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..probe import Probe, nudge
from ..recipe import called, drawn


def probes(rng: Random) -> list[Probe]:
    return [*(probe(rng, steps) for steps in (1, 2, 3)), probe(rng, 1, stale=True), probe(rng, 2, stale=True)]


def probe(rng: Random, steps: int, stale: bool = False) -> Probe:
    start = drawn(rng, 0.5, 1.5), drawn(rng, 0.5, 1.5, sign=True)
    x, d, c, rate = drawn(rng, 1, 2), drawn(rng, 2, 3), drawn(rng, 0.5, 1), drawn(rng, 0.05, 0.1)
    names = [f"{name} after {steps} step{'s'[: steps > 1]}" for name in "wb"]

    def loss(w: Any, b: Any) -> Any:
        e = w * x + b + d
        return e * e * c + w * w

    def observe(answers: SimpleNamespace) -> Mapping[str, Any]:
        w, b = Value(start[0], "w"), Value(start[1], "b")
        if stale:
            loss(w, b).backward()
        answers.train([w, b], lambda: loss(w, b), rate, steps)
        found = dict(zip(names, (w.data, b.data)))
        # Two mistakes leave all as it was, and differ in what they leave behind.
        return found if w.data != start[0] else {**found, "w.grad is left": w.grad != 0}

    def graph() -> Value:
        """The loss before the last step, where nothing has cleared w.grad and b.grad."""
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
        observe,
        expect,
        "steps against the gradient, which numeric nudges find anew at each place",
        graph,
    )
