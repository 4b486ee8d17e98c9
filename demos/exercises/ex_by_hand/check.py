"""Check the gradient at random points, where u is above zero and where it is below."""

from __future__ import annotations

from functools import partial
from random import Random

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..probe import Probe, beyond, nudge
from . import ask

NAMES = ("w.grad", "x.grad", "b.grad")


def probes(rng: Random) -> list[Probe]:
    far = [probe(anywhere(rng, scale), anywhere(rng, 3 / scale), anywhere(rng, 5.0)) for scale in (0.02, 1.0, 40.0)]
    return [
        *(drawn_at(rng, sign) for sign in (1, -1, 1, -1)),
        *beyond(
            *far, probe(0.0, anywhere(rng), anywhere(rng)), probe(anywhere(rng) - 60.0, 70.0, anywhere(rng, 9.0))
        ),
    ]


def drawn_at(rng: Random, sign: int) -> Probe:
    w, x, u = drawn(rng, 1, 3), drawn(rng, 1.5, 3, sign=True), sign * drawn(rng, 2, 4)
    return probe(w, x, round(u - w * x, 2))


def probe(w: float, x: float, b: float) -> Probe:
    return Probe(
        f"gradient(w={w}, x={x}, b={b})",
        partial(ask.gradient, w=w, x=x, b=b),
        lambda: dict(zip(NAMES, nudge(lambda w, x, b: (w * x + b) ** 2, w, x, b))),
        graph=lambda: called("L", (Value(w, "w") * Value(x, "x") + Value(b, "b")) ** 2),
    )
