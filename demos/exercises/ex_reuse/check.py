"""Check the gradients, from the root back, of graphs whose leaves and inner nodes are used twice."""

from __future__ import annotations

from functools import partial
from random import Random

from ..graph_text import GraphText, anywhere, drawn
from ..probe import Probe, beyond
from . import ask

GRAPHS = {
    "a c": ("b = a + a", "L = b * c"),
    "a b c": ("d = a * b", "e = d + c", "L = d * e"),
    "x c": ("y = x * x", "z = y * y", "L = z * c"),
    "a b": ("s = a + b", "p = s * a", "q = p * s", "L = p + q"),
}


LARGER = ("d = a * b", "e = d + a", "f = e * d", "g = f + c", "h = g * e", "i = h + h", "L = i * f")


def probes(rng: Random) -> list[Probe]:
    near = [
        probe({leaf: drawn(rng, 1.5, 3, sign=True) for leaf in leaves.split()}, lines)
        for leaves, lines in GRAPHS.items()
    ]
    return [
        *near,
        *beyond(
            *(probe({leaf: anywhere(rng, scale) for leaf in "abc"}, LARGER) for scale in (1.0, 2.5)),
            probe(large(rng), ("d = a * a", "L = d * b")),
        ),
    ]


def probe(leaves: dict[str, float], lines: tuple[str, ...]) -> Probe:
    graph_text = GraphText(leaves, lines)
    return Probe(
        str(graph_text), partial(ask.gradients, **graph_text.data), graph_text.gradients, graph=graph_text.graph
    )


def large(rng: Random) -> dict[str, float]:
    """Return leaves that make gradients of some hundreds."""
    return {"a": rng.choice((-1, 1)) * rng.uniform(15, 20), "b": rng.choice((-1, 1)) * rng.uniform(9, 12)}
