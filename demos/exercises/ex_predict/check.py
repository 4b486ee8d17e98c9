"""Check the gradients of the drawn graph, from the root back. Its numbers are always those of the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from ..graph_text import GraphText
from ..probe import Probe
from . import ask

DRAWN = GraphText({"a": 2.0, "b": -3.0, "c": 10.0}, ("d = a * b", "e = d + c", "L = e * d"))
STEPS = [("L", "e"), ("d",), ("c",), ("b",), ("a",)]  # L is given, so a file with L alone is not begun


def probes(rng: Random) -> list[Probe]:
    return [probe(names) for names in STEPS]


def probe(nodes: tuple[str, ...]) -> Probe:
    names = [f"{node}.grad" for node in nodes]

    def expect() -> Mapping[str, Any]:
        truth = DRAWN.gradients()
        return {name: truth[name] for name in names}

    return Probe(str(DRAWN), partial(ask.gradients, nodes=nodes), expect, graph=DRAWN.graph, apart=True)
