"""Check the number of each operation, then its gradients in a graph where the result is used twice."""

from __future__ import annotations

from functools import partial
from random import Random

from ..graph_text import GraphText, anywhere, drawn
from ..probe import Probe, beyond
from . import ask

ABOVE, BELOW, ZERO = 1, -1, 0  # the number of x
LARGE = 355.2  # exp(2 * x) is too large for a float, and cosh(x) ** 2, which some divide by, is not yet
POINTS = [
    *[("x.exp()", ABOVE), ("x.exp()", BELOW), ("x.tanh()", ABOVE), ("x.tanh()", BELOW)],
    *[("x ** 3", ABOVE), ("x ** 3", BELOW), ("x ** -2", ABOVE), ("x ** 0.5", ABOVE), ("x ** 2", ZERO)],
    ("2.5 - x", ABOVE),
]


def probes(rng: Random) -> list[Probe]:
    near = [(formula, side * drawn(rng, 0.5, 1.5)) for formula, side in POINTS]
    others = rng.choice((4, 5, 6)), rng.choice((-1, -3)), round(rng.uniform(1.2, 2.8), 1)
    far = [
        *((f"x.{name}()", anywhere(rng, scale)) for name in ("exp", "tanh") for scale in (0.001, 3.0)),
        *((f"x ** {n}", rng.uniform(0.6, 1.4)) for n in others),
        ("x ** 3", anywhere(rng, 2.5)),
        *((f"{anywhere(rng, scale)} - x", anywhere(rng, 5.0)) for scale in (1.0, 20.0)),
    ]
    large = [number(GraphText({"x": side * LARGE}, ("z = x.tanh()",))) for side in (ABOVE, BELOW)]
    repeated = [again(formula, drawn(rng, 0.5, 1.5)) for formula in ("x.exp()", "x.tanh()", "x ** 3", "2.5 - x")]
    return [
        *(probe for formula, x in near for probe in pair(rng, formula, x)),
        *beyond(*(probe for formula, x in far for probe in pair(rng, formula, x)), *large, *repeated),
    ]


def pair(rng: Random, formula: str, x: float) -> list[Probe]:
    c = drawn(rng, 1.5, 3)
    graph = GraphText({"x": x, "c": c}, (f"z = {formula}", "p = z * c", "L = p * z + p"))
    return [
        number(GraphText({"x": x}, (f"z = {formula}",))),
        Probe(str(graph), partial(ask.gradients, **graph.data), graph.gradients, graph=graph.graph),
    ]


def number(alone: GraphText) -> Probe:
    """Return the probe of the number of one operation."""
    observe = partial(ask.number, x=alone.leaves["x"], formula=alone.steps["z"])
    return Probe(str(alone), observe, lambda: {"z.data": alone.root()}, "Python's own numbers", alone.graph)


def again(formula: str, x: float) -> Probe:
    """Return the probe of an operation that is asked once more, when a backward pass has left a gradient on x."""
    alone = GraphText({"x": x}, (f"z = {formula}",))
    return Probe(
        f"{alone}; then z.backward(), and once more z = {formula}",
        partial(ask.again, x=x, formula=formula),
        lambda: dict.fromkeys(("z.data", "z.data again"), alone.root()),
        "Python's own numbers: the gradient of x does not change its number",
        alone.graph,
    )
