"""Check the loss of blind guessing, steps on four rows against steps by formulas, and the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import exp, log, log1p
from random import Random
from typing import Any

from engine import Value

from ..graph_text import called, drawn
from ..probe import Probe, beyond
from . import ask


def probes(rng: Random) -> list[Probe]:
    few, many = rng.sample(range(2, 7), 3), rng.randrange(20, 900)
    return [
        *(blind(classes) for classes in few),
        steps(rng, 1),
        steps(rng, 2),
        steps(rng, 4, stale=True),
        verdicts(rng, few[0], "ready"),
        verdicts(rng, few[1], "bad start"),
        verdicts(rng, few[0], "cannot learn"),
        verdicts(rng, few[1], "low start"),
        *beyond(blind(many), steps(rng, 30), steps(rng, 0), verdicts(rng, many, "ready")),
    ]


def blind(classes: int) -> Probe:
    return Probe(
        f"first_loss({classes})",
        partial(ask.blind, classes=classes),
        lambda: {"loss": log(classes)},
        f"the cross-entropy: -log of the probability 1 / {classes} of the right class",
    )


def steps(rng: Random, steps: int, stale: bool = False) -> Probe:
    rows = [(side * drawn(rng, 0.5, 2), side) for side in (1, -1, 1, -1)]
    start, rate = (drawn(rng, -1, 1), drawn(rng, 0.2, 0.8)), drawn(rng, 0.4, 0.9)

    def softplus(x: float) -> float:
        return max(x, 0.0) + log1p(exp(-abs(x)))

    def expect() -> Mapping[str, Any]:
        w, b = start
        losses = []
        for step in range(steps + 1):
            scores = [-side * (w * x + b) for x, side in rows]
            losses.append(sum(map(softplus, scores)) / len(rows))
            if step < steps:
                slopes = [-side / (1 + exp(-score)) / len(rows) for score, (_, side) in zip(scores, rows)]
                w -= rate * sum(slope * x for slope, (x, _) in zip(slopes, rows))
                b -= rate * sum(slopes)
        ends = {"w in the end": w, "b in the end": b}
        return {**dict(zip(ask.NAMES, (losses[0], losses[-1]))), **ends}

    def graph() -> Value:
        w, b = Value(start[0], "w"), Value(start[1], "b")
        return called("loss", ask.loss_of(w, b, rows[:2]))

    return Probe(
        f"overfit([w, b], loss, rate={rate}, steps={steps}) of a neuron with w = {start[0]}, b = {start[1]} on rows"
        f" {rows}" + ", after a loss().backward() that was not yours" * stale,
        partial(ask.steps, start=start, rows=rows, rate=rate, steps=steps, stale=stale),
        expect,
        "the formulas of the loss and of its slopes",
        graph,
    )


def verdicts(rng: Random, classes: int, which: str) -> Probe:
    """Return the probe of cases that are clear, or near a limit: 20 % of blind guessing, a tenth of the first loss.

    Limits of 0.2 or of 0.1 by themselves, whatever the number of classes, give something else at one of them.
    """
    blind, fair = log(classes), rng.uniform(0.9, 1.1)
    low, high = rng.uniform(0.001, 0.05), rng.uniform(0.3, 0.9)
    below, above = blind * rng.uniform(0.805, 0.825), blind * rng.uniform(1.16, 1.18)
    cases = {
        "ready": [(blind * fair, blind * low), (below, below * low), (above, above * rng.uniform(0.092, 0.097))],
        "bad start": [
            (blind * rng.uniform(2, 9), blind * low),
            (blind * rng.uniform(12, 20), blind * rng.uniform(3, 9)),
            (blind * rng.uniform(1.21, 1.24), blind * low * 0.1),
        ],
        "cannot learn": [(blind * fair, blind * high), (below, below * rng.uniform(0.103, 0.108))],
        "low start": [(blind * rng.uniform(0.3, 0.6), blind * low * 0.1), (blind * rng.uniform(0.7, 0.74), 0.0001)],
    }[which]
    losses = [(round(first, 4), round(last, 6)) for first, last in cases]
    right = "bad start" if which == "low start" else which
    return Probe(
        " and ".join(f"verdict({first}, {last}, {classes})" for first, last in losses),
        partial(ask.verdicts, losses=losses, classes=classes),
        lambda: {f"verdict on {first} and {last}": right for first, last in losses},
        f"blind guessing has a loss of log({classes}) = {blind:.4f}",
        tells=True,
    )
