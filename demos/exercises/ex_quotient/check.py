"""Check the three functions at random points of both signs, and in a graph that uses a node twice."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from random import Random

from engine import Value

from ..graph_text import GraphText, anywhere, called, drawn
from ..probe import Probe, beyond, nudge
from . import ask

FORMULAS: dict[str, Callable[[float], float]] = {"log": math.log, "neg": lambda x: -x}


def probes(rng: Random) -> list[Probe]:
    def upstream() -> float:
        return drawn(rng, 2, 4, sign=True)

    both = [(drawn(rng, 1.5, 3, sign=True), side * drawn(rng, 1.5, 3), upstream()) for side in (1, -1, 1)]
    far = [
        *(quotient(anywhere(rng, scale), anywhere(rng, 1.0), anywhere(rng, 2.0)) for scale in (0.01, 50.0)),
        quotient(0.0, anywhere(rng), 1.5),
        *(single("log", rng.uniform(*ends), anywhere(rng, 3.0)) for ends in ((0.1, 0.9), (20.0, 90.0))),
        *(single("neg", anywhere(rng, scale), anywhere(rng, 3.0)) for scale in (0.01, 50.0)),
    ]
    return [
        *(quotient(*each) for each in both),
        *(single("log", drawn(rng, low, low + 1), upstream()) for low in (0.4, 2.0)),
        *(single("neg", side * drawn(rng, 1.5, 3), upstream()) for side in (1, -1)),
        together(rng),
        *beyond(*far),
    ]


def quotient(x: float, y: float, upstream: float) -> Probe:
    return Probe(
        f"div_backward(x={x}, y={y}, upstream={upstream})",
        partial(ask.pair, x=x, y=y, upstream=upstream),
        lambda: dict(zip(("x.grad", "y.grad"), nudge(lambda x, y: x / y * upstream, x, y))),
        graph=lambda: called("L", Value(x, "x") / Value(y, "y") * upstream),
        tolerance=1e-5,
    )


def single(op: str, x: float, upstream: float) -> Probe:
    name, formula = f"{op}_backward", FORMULAS[op]

    def graph() -> Value:
        leaf = Value(x, "x")
        return called("L", (leaf.log() if op == "log" else -leaf) * upstream)

    return Probe(
        f"{name}(x={x}, upstream={upstream})",
        partial(ask.single, name=name, x=x, upstream=upstream),
        lambda: {"x.grad": nudge(lambda x: formula(x) * upstream, x)[0]},
        graph=graph,
    )


def together(rng: Random) -> Probe:
    leaves = {"a": drawn(rng, 1.5, 3), "b": drawn(rng, 1.5, 3), "c": drawn(rng, 2, 4)}
    graph_text = GraphText(leaves, ("d = a / b", "e = d.log()", "f = -d", "g = e * f", "L = g * c"))
    return Probe(
        f"your three functions in the graph {graph_text}",
        partial(ask.together, **graph_text.data),
        graph_text.gradients,
        graph=graph_text.graph,
    )
