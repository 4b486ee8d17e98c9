"""Check w, b and the losses after one step, two, and more: what piles up is seen from the second step on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..inside.graphs import KEPT
from ..probe import Probe, beyond
from . import ask

Rows = list[tuple[float, float]]


def probes(rng: Random) -> list[Probe]:
    def rows(size: int) -> Rows:
        return [(drawn(rng, 0.5, 1.5, sign=True), drawn(rng, 1, 4, sign=True)) for _ in range(size)]

    far = [(anywhere(rng, 0.5), anywhere(rng, 900.0)) for _ in range(4)]
    return [
        *(probe(rows(2), steps, drawn(rng, 0.05, 0.09)) for steps in (1, 2, 3)),
        probe(rows(3), 5, 0.05),
        *beyond(probe(rows(1), 4, 0.1), probe(far, 3, 0.05), probe(rows(3), 40, 0.05), probe(rows(2), 0, 0.1)),
    ]


def probe(rows: Rows, steps: int, rate: float) -> Probe:
    def expect() -> Mapping[str, Any]:
        w = b = 0.0
        losses = []
        for _ in range(steps):
            errors = [w * x + b - y for x, y in rows]
            losses.append(sum(error**2 for error in errors))
            w -= rate * sum(2 * error * x for error, (x, _) in zip(errors, rows))
            b -= rate * sum(2 * error for error in errors)
        return {"w": w, "b": b, "losses": losses, KEPT: True}

    def graph() -> Value:
        w, b = Value(0.0, "w"), Value(0.0, "b")
        return called("loss", sum(((w * x + b - y) ** 2 for x, y in rows[:2]), Value(0.0)))

    return Probe(
        f"train({rows}, steps={steps}, rate={rate})",
        partial(ask.training, rows=rows, steps=steps, rate=rate),
        expect,
        "the rules of derivatives: with e = w*x + b - y, the slope of e ** 2 is 2 * e * x in w, and 2 * e in b",
        graph,
    )
