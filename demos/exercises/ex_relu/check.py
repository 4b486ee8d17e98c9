"""Check numbers and contributions on both sides of the kink and at it, with upstreams of both signs; and a graph."""

from __future__ import annotations

from functools import partial
from random import Random

from engine import Value

from ..graph_text import GraphText, anywhere, called, drawn
from ..probe import NUMERIC, Probe, beyond, nudge
from . import ask

ABOVE, BELOW, KINK = 1, -1, 0  # the number of x
NEAR = 1e-4  # a nudge from nearer than this crosses the kink
BESIDE = "the definition: above 0 relu(x) is x, with the slope 1, and elsewhere it is 0, with the slope 0"
FAR = 1e3  # a nudge from farther than this has too few digits left
CONVENTION = "the convention at the kink, as in most libraries: the slope is 0"


def probes(rng: Random) -> list[Probe]:
    numbers = [forward(side * drawn(rng, 1.5, 3)) for side in (ABOVE, BELOW, KINK)]
    gates = [
        backward(side * drawn(rng, 1.5, 3), sign * drawn(rng, 2, 4))
        for side in (ABOVE, BELOW, KINK)
        for sign in (1, -1)
    ]
    places = [way * scale for scale in (1e-9, 1e-5, 1e-3, 0.7, 1.35, 4.0, 30.0, 3e5) for way in (1, -1)]
    everywhere = [x * rng.uniform(0.8, 1.2) for x in places]
    far = [probe for x in everywhere for probe in (forward(x), backward(x, anywhere(rng, 3.0)))]
    return [*numbers, *gates, together(rng), *beyond(*far)]


def forward(x: float) -> Probe:
    return Probe(
        f"relu(x={x})",
        partial(ask.number, x=x),
        lambda: {"relu(x)": max(x, 0.0)},
        "the definition: x where it is above 0, else 0",
        lambda: called("z", Value(x, "x").relu()),
    )


def backward(x: float, upstream: float) -> Probe:
    return Probe(
        f"relu_backward(x={x}, upstream={upstream})",
        partial(ask.contribution, x=x, upstream=upstream),
        lambda: {"x.grad": slope(x, upstream)},
        CONVENTION if x == 0 else NUMERIC if NEAR < abs(x) < FAR else BESIDE,
        lambda: called("L", Value(x, "x").relu() * upstream),
    )


def slope(x: float, upstream: float) -> float:
    """Return the slope of upstream * relu(x), by a nudge where it does not cross the kink."""
    if not NEAR < abs(x) < FAR:
        return upstream if x > 0 else 0.0
    return nudge(lambda x: max(x, 0.0) * upstream, x)[0]


def together(rng: Random) -> Probe:
    a, b, c = drawn(rng, 1.5, 3), drawn(rng, -3, -1.5), drawn(rng, 1.5, 3, sign=True)
    lines = ("p = a * c", "q = b * c", "r = p.relu()", "s = q.relu()", "t = r + s", "L = t * t")
    graph_text = GraphText({"a": a, "b": b, "c": c}, lines)

    input_text = f"your relu_backward in the graph {graph_text}"
    return Probe(input_text, partial(ask.together, **graph_text.data), graph_text.gradients, graph=graph_text.graph)
