"""Check the gradients, from the root back, of graphs whose inner nodes are used twice, and count the work."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import GraphText, anywhere, called, drawn
from ..inside.reading import NOTE
from ..probe import Probe, beyond
from . import ask

# A tree; an inner node that is used twice; one that is used at two depths, from both sides; and two in a row.
GRAPHS = (
    ("a b c", ("d = a * b", "L = d * c")),
    ("a b", ("c = a * b", "L = c + c")),
    ("a b c", ("d = a * b", "e = d * c", "f = e + c", "L = d * f")),
    ("a b c", ("d = a * b", "e = d * c", "f = c + e", "L = f * d")),
    ("x c", ("y = x * c", "z = y * y", "u = z + z", "L = u * u")),
)
LARGER = ("d = a * b", "e = d + a", "f = e * d", "g = f + c", "h = g * e", "i = h + h", "L = i * f")
MANY = 50  # products for an edge, in a row of 11 nodes: one more for each way from the root
MOST = 3  # products for an edge: one is needed


def probes(rng: Random) -> list[Probe]:
    near = [
        probe({leaf: drawn(rng, 1.5, 3, sign=True) for leaf in leaves.split()}, lines) for leaves, lines in GRAPHS
    ]
    larger = [probe({leaf: anywhere(rng, scale) for leaf in "abc"}, LARGER) for scale in (1.0, 2.0)]
    return [*near, work(rng), *beyond(*larger)]


def probe(leaves: dict[str, float], lines: tuple[str, ...]) -> Probe:
    graph_text = GraphText(leaves, lines)
    return Probe(
        str(graph_text), partial(ask.gradients, **graph_text.data), graph_text.gradients, graph=graph_text.graph
    )


def work(rng: Random, squares: int = 11) -> Probe:
    start = round(1 + drawn(rng, 0.01, 0.03), 2)

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        products, edges = observed["products"], observed["edges"]
        often = f"{int(products)} products for {int(edges)} edges"
        note = {NOTE: f"It takes {often}: a node sends again for each way that leads to it."}
        much = isinstance(products, float) and products > MANY * edges
        return {
            "x.grad": observed["x.grad"],
            "each edge is used once": products <= MOST * edges or often,
            **(note if much else {}),
        }

    def graph() -> Value:
        root = x = Value(start, "x")
        for _ in range(3):
            root = root * root
        x.label = "x"
        return called("L", root)

    power = 2**squares
    return Probe(
        f"x = {start}, then {squares} times x = x * x",
        partial(ask.work, start=start, squares=squares),
        lambda: {"x.grad": power * start ** (power - 1), "each edge is used once": True},
        f"the rules of derivatives: x ** n has the slope n * x ** (n - 1), and n is 2 ** {squares} = {power}",
        graph,
        read=read,
    )
