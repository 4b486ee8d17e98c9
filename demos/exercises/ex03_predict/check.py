"""The drawn graph, node by node: its numbers are the drawing's, so they are always the same."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import SimpleNamespace
from typing import Any

from ..probe import Probe
from ..recipe import Recipe

DRAWN = Recipe({"a": 2.0, "b": -3.0, "c": 10.0}, ("d = a * b", "e = d + c", "L = e * d"))
NODES = [*DRAWN.leaves, *DRAWN.steps]


def probes(rng: Random) -> list[Probe]:
    return [Probe(str(DRAWN), observe, DRAWN.gradients, graph=DRAWN.graph)]


def observe(answers: SimpleNamespace) -> Mapping[str, Any]:
    found = answers.gradients
    if all(slope is ... for name, slope in found.items() if name != "L"):
        raise NotImplementedError("TODO: six numbers; the first is given")
    slopes = {node: found.get(node, ...) for node in NODES}
    return {f"{node}.grad": "still three dots" if slope is ... else slope for node, slope in slopes.items()}
