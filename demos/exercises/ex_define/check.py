"""Check the name, the number and the gradient of the operation at points of both signs."""

from __future__ import annotations

from functools import partial
from math import exp
from random import Random

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..probe import Probe, beyond, nudge
from . import ask


def swish(x: float) -> float:
    return x / (1 + exp(-x))


def probes(rng: Random) -> list[Probe]:
    near = [probe(side * drawn(rng, 0.5, 2.5), drawn(rng, 2, 3, sign=True)) for side in (1, -1, 1, -1)]
    far = [probe(anywhere(rng, scale), anywhere(rng, 2.0)) for scale in (0.001, 6.0, 12.0)]
    return [*near, probe(0.0, drawn(rng, 2, 3)), *beyond(*far)]


def probe(x: float, upstream: float) -> Probe:
    def graph() -> Value:
        leaf = Value(x, "x")
        return called("L", leaf * leaf.sigmoid() * upstream + leaf)

    return Probe(
        f"swish = swish_operation(), then x = {x}: z = swish(x), L = z * {upstream} + x",
        partial(ask.slopes, x=x, upstream=upstream),
        lambda: {
            ask.ONE: "it is called swish",
            "z.data": swish(x),
            "x.grad": nudge(lambda x: swish(x) * upstream + x, x)[0],
        },
        graph=graph,
        tells=True,
    )
