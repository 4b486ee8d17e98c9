"""Check one, two and three steps on a loss of two parameters, then steps after an earlier call of backward()."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..inside.graphs import KEPT
from ..probe import Probe, beyond, nudge
from . import ask


def probes(rng: Random) -> list[Probe]:
    near = [*(probe(rng, steps) for steps in (1, 2, 3)), probe(rng, 1, stale=True), probe(rng, 2, stale=True)]
    farther = [probe(rng, 12, far=40.0), probe(rng, 4, stale=True, far=40.0), probe(rng, 3, far=900.0)]
    return [*near, *beyond(*farther, probe(rng, 60), settled(rng), many(rng, 1), many(rng, 2))]


def probe(rng: Random, steps: int, stale: bool = False, far: float = 0.0) -> Probe:
    start = drawn(rng, 0.5, 1.5), drawn(rng, 0.5, 1.5, sign=True)
    if far:
        start = anywhere(rng, far) + far * rng.choice((-1, 1)), anywhere(rng, 0.02)
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


def settled(rng: Random) -> Probe:
    """Return the probe of steps that begin very near to the lowest point, where gradients are small."""
    x, d, c, rate, steps = drawn(rng, 1, 2), drawn(rng, 2, 3), drawn(rng, 0.5, 1), 0.05, 3
    start = anywhere(rng, 1e-5), -d + anywhere(rng, 1e-5)
    names = [f"{name} after {steps} steps" for name in "wb"]

    def expect() -> Mapping[str, float]:
        w, b = start
        for _ in range(steps):
            e = w * x + b + d
            w, b = w - rate * (2 * c * e * x + 2 * w), b - rate * 2 * c * e
        return dict(zip(names, (w, b)))

    return Probe(
        f"train([w, b], loss, rate={rate}, steps={steps}) from w = {start[0]}, b = {start[1]}, near the lowest point"
        f", where the loss is e*e*{c} + w*w, and e is w*{x} + b + {d}",
        partial(ask.steps, start=start, x=x, d=d, c=c, rate=rate, steps=steps, stale=False),
        expect,
        "the rules of derivatives: the slope in w is 2*e*c*x + 2*w, and in b it is 2*e*c",
        tolerance=1e-10,
    )


def many(rng: Random, steps: int) -> Probe:
    start, rate = [drawn(rng, 0.5, 3, sign=True) for _ in range(5)], drawn(rng, 0.05, 0.2)
    return Probe(
        f"train(parameters, loss, rate={rate}, steps={steps}) of five parameters, {start}, whose loss is the sum of"
        " their squares",
        partial(ask.many, start=start, rate=rate, steps=steps),
        lambda: {"parameters": [p * (1 - 2 * rate) ** steps for p in start], KEPT: True},
        "the mathematics: the slope of p*p is 2*p, so each step multiplies p by 1 - 2 * rate",
    )
