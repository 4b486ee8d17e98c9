"""Check both functions at random points, with an upstream other than 1, and in a graph that uses a node twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import GraphText, anywhere, called, drawn
from ..probe import Probe, beyond, nudge
from . import ask

RULES: dict[str, Callable[..., Any]] = {"add": lambda x, y: x + y, "mul": lambda x, y: x * y}
NAMES = ("x.grad", "y.grad")


def probes(rng: Random) -> list[Probe]:
    near = [
        alone(op, drawn(rng, 1, 3), drawn(rng, -3, -1), drawn(rng, 2, 4, sign=True)) for op in RULES for _ in range(3)
    ]
    far = [
        alone(op, anywhere(rng, scale), anywhere(rng, 3.0), anywhere(rng, 1 / scale))
        for op in RULES
        for scale in (0.001, 1.0, 1000.0)
    ]
    zeros = [alone(op, *at) for op in RULES for at in ((0.0, anywhere(rng), 1.5), (anywhere(rng), 0.0, -1.5))]
    return [*near, together(rng), *beyond(*far, *zeros)]


def alone(op: str, x: float, y: float, upstream: float) -> Probe:
    rule, name = RULES[op], f"{op}_backward"

    return Probe(
        f"{name}(x={x}, y={y}, upstream={upstream})",
        partial(ask.alone, name=name, x=x, y=y, upstream=upstream),
        lambda: dict(zip(NAMES, nudge(lambda x, y: rule(x, y) * upstream, x, y))),
        graph=lambda: called("L", rule(Value(x, "x"), Value(y, "y")) * upstream),
    )


def together(rng: Random) -> Probe:
    leaves = {"a": drawn(rng, 1, 3), "b": drawn(rng, -3, -1), "c": drawn(rng, 2, 4)}
    graph_text = GraphText(leaves, ("d = a * b", "e = d + c", "L = e * d"))

    input_text = f"your two functions in the graph {graph_text}"
    return Probe(input_text, partial(ask.together, **graph_text.data), graph_text.gradients, graph=graph_text.graph)
